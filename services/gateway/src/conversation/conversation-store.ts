import type { Secret } from '@codex-gateway/service-kit/secret.ts';

/** Whom records belong to. */
export interface Owner {
  /** The id of the API key. */
  readonly keyId: string;
  /** The key itself: records that leave this process are sealed with what is made of it. */
  readonly keyText: Secret;
}

/** What a record is of, and the id that a later request names it by. */
export type RecordName = `${'response' | 'item' | 'call' | 'tools'}:${string}`;

/** A larger record is not kept: a conversation beyond this is to be carried by its client. */
export const MAX_RECORD_BYTES = 4 * 1024 * 1024;

/** A store cannot be asked at the moment. It tells so itself, once and not for every request. */
export class StoreAway extends Error {
  override readonly name = 'StoreAway';
}

/**
 * Where the records of conversations live for a while: texts under names, each known to its owner only. They may be gone
 * at any time. Every implementation passes the same contract suite.
 */
export interface ConversationStore {
  /**
   * Those of the named records that are there. Each of them lives on for its whole time from now.
   *
   * @throws StoreAway
   */
  readonly read: (owner: Owner, names: readonly RecordName[]) => Promise<ReadonlyMap<RecordName, string>>;
  /**
   * Keeps records, in place of earlier ones of the same names; not those of more than `MAX_RECORD_BYTES`.
   *
   * @throws StoreAway
   */
  readonly write: (owner: Owner, records: ReadonlyMap<RecordName, string>) => Promise<void>;
}
