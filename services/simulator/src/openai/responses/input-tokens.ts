import { jsonReply } from '../../http/reply.ts';
import { pick } from '../../model/directives.ts';
import type { ApiHandler } from '../endpoint.ts';
import { apiStatusReply } from '../statuses.ts';
import { INPUT_TOKENS_PARAMETERS } from './parameters.ts';
import { inputTokensOf, judge, readAsked } from './asked.ts';

/** Counts for a request that names no model. */
const DEFAULT_MODEL = 'gpt-5.5';

/** `POST /responses/input_tokens`. */
export const countInputTokens: ApiHandler = (request, _call, world) => {
  const asked = readAsked({ ...request.body, model: request.body['model'] ?? DEFAULT_MODEL }, world);
  const status = pick(asked.directives, 'status');
  if (status !== undefined) return Promise.resolve(apiStatusReply(status));
  const judgement = judge(asked, INPUT_TOKENS_PARAMETERS, world);
  if (judgement.kind === 'refused') return Promise.resolve(judgement.reply);
  return Promise.resolve(
    jsonReply(200, { object: 'response.input_tokens', input_tokens: inputTokensOf(asked) }),
  );
};
