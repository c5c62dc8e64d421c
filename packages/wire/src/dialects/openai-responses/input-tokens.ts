import { isRecord } from '../../record.ts';
import type { OpenContext, TokenCount } from '../dialect.ts';
import { openResponses } from './open.ts';

/** The count does not depend on the model, so the API takes a body without one. */
const ANY_MODEL = 'any';

/**
 * Reads a body of `POST /responses/input_tokens`, which is that of a request (openai-node resources/responses,
 * `InputTokenCountParams`).
 *
 * @throws FaultError naming the field
 */
export function openInputTokens(body: unknown, context: OpenContext): TokenCount {
  const namesModel = isRecord(body) && (body['model'] ?? null) !== null;
  return {
    exchange: openResponses(isRecord(body) && !namesModel ? { ...body, model: ANY_MODEL } : body, context),
    namesModel,
    reply: (inputTokens) => ({ object: 'response.input_tokens', input_tokens: inputTokens }),
  };
}
