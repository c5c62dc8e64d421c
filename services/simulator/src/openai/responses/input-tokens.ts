import { jsonReply } from '../../http/reply.ts';
import type { ApiHandler } from '../endpoint.ts';
import { insteadOfAnswer } from '../statuses.ts';
import { INPUT_TOKENS_PARAMETERS } from './parameters.ts';
import { inputTokensOf, judge, readAsked } from './asked.ts';

/** Counts for a request that names no model. */
const DEFAULT_MODEL = 'gpt-5.5';

/** `POST /responses/input_tokens`. */
export const countInputTokens: ApiHandler = async (request, call, world) => {
  const asked = readAsked({ ...request.body, model: request.body['model'] ?? DEFAULT_MODEL }, world);
  const instead = await insteadOfAnswer(asked.directives, call);
  if (instead !== undefined) return instead.reply;
  const judgement = judge(asked, INPUT_TOKENS_PARAMETERS, world);
  if (judgement.kind === 'refused') return judgement.reply;
  return jsonReply(200, { object: 'response.input_tokens', input_tokens: inputTokensOf(asked) });
};
