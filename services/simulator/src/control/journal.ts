import type { IncomingMessage } from 'node:http';
import { fingerprintOf } from '../digest.ts';
import type { Ending } from '../stream/sender.ts';
import { createRefreshTally, type RefreshSummary } from './refresh-tally.ts';

export type Endpoint =
  | 'responses'
  | 'models'
  | 'openai_responses'
  | 'openai_chat'
  | 'openai_input_tokens'
  | 'openai_compact'
  | 'openai_models'
  | 'wham'
  | 'authorize'
  | 'token'
  | 'revoke'
  | 'device'
  | 'upgrade'
  | 'other';

/** One request as it was received, and what became of its answer. Tokens appear as SHA-256 only. */
export interface RecordedRequest {
  /** Position among all requests, from 1; also the id of its stream. */
  readonly sequence: number;
  /** Milliseconds since the epoch, by the simulator's clock. */
  readonly at: number;
  readonly endpoint: Endpoint;
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** `authorization` is replaced by `Bearer sha256:<hex>`. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly bodyBytes: number;
  /** Hex SHA-256 of the body's bytes as they came, compressed or not; undefined where the body is not noted. */
  readonly bodySha256: string | undefined;
  /** Undefined while nothing has been answered. */
  readonly status: number | undefined;
  readonly ending: Ending | undefined;
  readonly eventsSent: number;
  readonly bytesSent: number;
  /** Hex SHA-256 of the answer's body as it went out, without its framing; undefined while it runs. */
  readonly sentSha256: string | undefined;
  readonly lastEvent: string | undefined;
  readonly clientDisconnected: boolean;
  readonly turnState: 'given' | 'returned' | 'foreign' | undefined;
}

/** The journal's own view of a request, filled while it is answered. */
export type OpenRecord = { -readonly [Member in keyof RecordedRequest]: RecordedRequest[Member] };

export interface JournalSnapshot {
  readonly requests: readonly RecordedRequest[];
  /** All requests since the last reset, also those the journal no longer holds. */
  readonly counts: Readonly<Record<Endpoint, number>>;
  readonly refreshes: RefreshSummary;
  /** What must never happen, in words: a turn state in another turn, two refreshes at once with one token. */
  readonly violations: readonly string[];
}

export interface Journal {
  readonly open: (req: IncomingMessage, url: URL, endpoint: Endpoint) => OpenRecord;
  /** Tells those who wait in `until` that something changed. */
  readonly changed: () => void;
  /** Counts a refresh from the moment its token is known; call the result with the outcome when it is answered. */
  readonly refreshStarted: (refreshToken: string) => (outcome: string) => void;
  readonly violation: (words: string) => void;
  readonly snapshot: () => JournalSnapshot;
  /** Resolves as soon as the condition holds; it is asked again at each change. */
  readonly until: (condition: (journal: JournalSnapshot) => boolean) => Promise<JournalSnapshot>;
  readonly reset: () => void;
}

const NO_COUNTS: Readonly<Record<Endpoint, number>> = {
  responses: 0,
  models: 0,
  openai_responses: 0,
  openai_chat: 0,
  openai_input_tokens: 0,
  openai_compact: 0,
  openai_models: 0,
  wham: 0,
  authorize: 0,
  token: 0,
  revoke: 0,
  device: 0,
  upgrade: 0,
  other: 0,
};

/** Writes down a request's body: what it says, and the bytes it came as. */
export function noteBody(record: OpenRecord, body: unknown, wire: Buffer): void {
  record.body = body;
  record.bodyBytes = wire.length;
  record.bodySha256 = fingerprintOf(wire);
}

/** Keeps the last `limit` requests, so that a load test does not fill the memory. */
export function createJournal(now: () => number, limit: number): Journal {
  let records: OpenRecord[] = [];
  let counts = { ...NO_COUNTS };
  let sequence = 0;
  let violations: string[] = [];
  const waiters = createWaiters(snapshot);
  const refreshes = createRefreshTally(violation);

  function violation(words: string): void {
    violations.push(words);
    waiters.ask();
  }

  function snapshot(): JournalSnapshot {
    return {
      requests: records.map((record) => ({ ...record })),
      counts: { ...counts },
      refreshes: refreshes.summary(),
      violations: [...violations],
    };
  }

  return {
    violation,
    snapshot,
    changed: waiters.ask,
    until: waiters.until,
    refreshStarted: (refreshToken) => {
      const finished = refreshes.started(refreshToken);
      waiters.ask();
      return (outcome) => {
        finished(outcome);
        waiters.ask();
      };
    },
    open: (req, url, endpoint) => {
      sequence += 1;
      counts[endpoint] += 1;
      const record = newRecord(req, url, { sequence, at: now(), endpoint });
      records.push(record);
      if (records.length > limit) records.splice(0, records.length - limit);
      return record;
    },
    reset: () => {
      records = [];
      counts = { ...NO_COUNTS };
      violations = [];
      refreshes.reset();
      waiters.ask();
    },
  };
}

interface Waiters {
  /** Asks everyone who waits whether what they wait for has come. */
  readonly ask: () => void;
  readonly until: Journal['until'];
}

function createWaiters(snapshot: () => JournalSnapshot): Waiters {
  const asking = new Set<() => void>();
  return {
    ask: () => {
      for (const ask of asking) ask();
    },
    until: (condition) =>
      new Promise((resolve) => {
        const ask = (): void => {
          const state = snapshot();
          if (!condition(state)) return;
          asking.delete(ask);
          resolve(state);
        };
        asking.add(ask);
        ask();
      }),
  };
}

function newRecord(
  req: IncomingMessage,
  url: URL,
  place: Pick<RecordedRequest, 'sequence' | 'at' | 'endpoint'>,
): OpenRecord {
  return {
    ...place,
    method: req.method ?? '',
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    headers: plainHeaders(req),
    body: undefined,
    bodyBytes: 0,
    bodySha256: undefined,
    status: undefined,
    ending: undefined,
    eventsSent: 0,
    bytesSent: 0,
    sentSha256: undefined,
    lastEvent: undefined,
    clientDisconnected: false,
    turnState: undefined,
  };
}

const TOKEN_CACHE_SIZE = 100;
const knownFingerprints = new Map<string, string>();

function plainHeaders(req: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(req.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  const { authorization } = headers;
  if (authorization !== undefined) {
    const [, scheme = '', token = ''] = /^(\S+)\s*(.*)$/.exec(authorization) ?? [];
    headers['authorization'] = `${scheme} sha256:${cachedFingerprint(token)}`;
  }
  return headers;
}

/** One token serves thousands of requests of a load test. */
function cachedFingerprint(token: string): string {
  const known = knownFingerprints.get(token);
  if (known !== undefined) return known;
  if (knownFingerprints.size >= TOKEN_CACHE_SIZE) knownFingerprints.clear();
  const fingerprint = fingerprintOf(token);
  knownFingerprints.set(token, fingerprint);
  return fingerprint;
}
