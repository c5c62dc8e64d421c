import { isRecord } from '../../record.ts';
import type { OpenContext, TokenCount } from '../dialect.ts';
import { openMessages } from './open.ts';

/** A count has no answer that could be limited, so its body names no limit. */
const ANY_LIMIT = 1;

/**
 * Reads a body of `POST /messages/count_tokens`, which is that of a request (@anthropic-ai/sdk,
 * `MessageCountTokensParams`).
 *
 * @throws FaultError naming the field
 */
export function openCountTokens(body: unknown, context: OpenContext): TokenCount {
  const edits = isRecord(body) && (body['context_management'] ?? null) !== null;
  return {
    exchange: openMessages(isRecord(body) ? { max_tokens: ANY_LIMIT, ...body } : body, context),
    namesModel: true,
    reply: (inputTokens) => ({
      input_tokens: inputTokens,
      ...(edits && { context_management: { original_input_tokens: inputTokens } }),
    }),
  };
}
