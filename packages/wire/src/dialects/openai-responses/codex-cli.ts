import { isRecord } from '../../record.ts';
import type { ResponsesRequest } from './schema.ts';

/**
 * Whether the Codex CLI asks the model for a summary of its conversation (codex-rs/core/src/compact.rs). It declares no
 * tools for that and means it: a call would be no summary.
 */
export function asksForSummary({ client_metadata: metadata }: ResponsesRequest): boolean {
  const turn = isRecord(metadata) ? metadata['x-codex-turn-metadata'] : null;
  return typeof turn === 'string' && /"request_kind":\s*"compaction"/.test(turn);
}
