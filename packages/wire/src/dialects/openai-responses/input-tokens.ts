import { requestTokens } from '../../emulation/estimate.ts';
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
  const named = isRecord(body) && (body['model'] ?? null) !== null;
  const { model, recall, codexRequest } = openResponses(
    isRecord(body) && !named ? { ...body, model: ANY_MODEL } : body,
    context,
  );
  return {
    model: named ? model : null,
    recall,
    reply: (recalled) => ({
      object: 'response.input_tokens',
      input_tokens: requestTokens(codexRequest(recalled), context.countTokens),
    }),
  };
}
