import { isTerminal, usageOf } from '@codex-gateway/wire/codex/events.ts';
import { createFold, type Folded } from '@codex-gateway/wire/codex/fold.ts';
import { refusalOfEvent } from '@codex-gateway/wire/codex/refusal.ts';
import type { StreamEncoder } from '@codex-gateway/wire/dialects/dialect.ts';
import { FaultError } from '@codex-gateway/wire/fault.ts';
import type { Batch } from '../upstream/event-client.ts';
import { brokenOff } from '../upstream/post.ts';
import type { RequestRecord } from './request-scope.ts';

/**
 * The same encoder; on its way the usage and the failure that the last event tells go into the record, and so does a
 * failure of ours: once the ending is written, the request may be over and reported before anybody hears of it.
 */
export function recording(encoder: StreamEncoder, record: RequestRecord): StreamEncoder {
  return {
    ...encoder,
    push: (batch) => {
      recordEnd(batch, record);
      return encoder.push(batch);
    },
    fail: (fault) => {
      record.fault ??= fault;
      return encoder.fail(fault);
    },
  };
}

/**
 * Reads an answer to its end, for a client that wants it in one piece.
 *
 * @throws FaultError when the upstream failed or broke off: half an answer is none
 */
export async function wholeAnswer(batches: AsyncIterable<Batch>, record: RequestRecord): Promise<Folded> {
  const fold = createFold();
  for await (const batch of batches) {
    recordEnd(batch, record);
    fold.push(batch);
  }
  if (record.fault) throw new FaultError(record.fault);
  const answer = fold.result();
  if (!answer) throw brokenOff();
  return answer;
}

function recordEnd(batch: Batch, record: RequestRecord): void {
  const last = batch.find(isTerminal);
  if (!last) return;
  record.fault ??= refusalOfEvent(last)?.fault ?? null;
  if (!('response' in last)) return;
  record.usage = usageOf(last.response);
  record.usageIsEstimate = last.response.usage_estimated === true;
  record.toolText = last.response.tool_text ?? null;
}
