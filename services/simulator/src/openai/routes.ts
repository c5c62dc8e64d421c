import type { Route } from '../world.ts';
import { createChatCompletion } from './chat/chat.ts';
import { apiEndpoint, refuseUrl } from './endpoint.ts';
import { listModels, showModel } from './models.ts';
import { compactResponse } from './responses/compact.ts';
import { countInputTokens } from './responses/input-tokens.ts';
import { createResponse } from './responses/responses.ts';

/** Where the API begins: `/v1` at `api.openai.com`. */
export const OPENAI_PATH = '/openai/v1';

/** Method and path of everything that the API answers; `*` is any one segment. */
export const OPENAI_ROUTES: readonly (readonly [string, Route])[] = [
  [
    `POST ${OPENAI_PATH}/responses`,
    { endpoint: 'openai_responses', handle: apiEndpoint('responses', createResponse) },
  ],
  [
    `POST ${OPENAI_PATH}/responses/input_tokens`,
    { endpoint: 'openai_input_tokens', handle: apiEndpoint('responses', countInputTokens) },
  ],
  [
    `POST ${OPENAI_PATH}/responses/compact`,
    { endpoint: 'openai_compact', handle: apiEndpoint('responses', compactResponse) },
  ],
  [
    `POST ${OPENAI_PATH}/chat/completions`,
    { endpoint: 'openai_chat', handle: apiEndpoint('responses', createChatCompletion) },
  ],
  [`GET ${OPENAI_PATH}/models`, { endpoint: 'openai_models', handle: apiEndpoint('models', listModels) }],
  [`GET ${OPENAI_PATH}/models/*`, { endpoint: 'openai_models', handle: apiEndpoint('models', showModel) }],
];

/** Anything else below the base path. */
export const OPENAI_ELSEWHERE: Route = { endpoint: 'other', handle: refuseUrl };
