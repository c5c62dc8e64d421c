import type { Refusal, UpstreamReply } from '@codex-gateway/wire/codex/refusal.ts';
import type { Dispatcher } from 'undici';

/** One upstream as every request meets it; whom a request is sent for is its account's to say (accounts.ts). */
export interface Endpoint {
  readonly baseUrl: string;
  readonly dispatcher: Dispatcher;
  /** What a request says of the gateway itself; nothing that a client says can change it. */
  readonly headers: (about: RequestSubject) => Readonly<Record<string, string>>;
  /** Which of a client's headers go on with its bytes: those that say what the bytes are. */
  readonly passedHeaders: readonly string[];
  /** Why an answer with this status is none. */
  readonly refusalOf: (reply: UpstreamReply) => Refusal;
}

export interface RequestSubject {
  readonly requestId: string;
  /** The conversation as the upstream's caches know it; null for bytes that are passed on as they are. */
  readonly conversation: string | null;
}
