import type { Clock } from '@codex-gateway/service-kit/clock.ts';
import { errorCode } from '@codex-gateway/service-kit/config.ts';
import { createHttpClient } from '@codex-gateway/service-kit/http-client.ts';
import type { Dispatcher } from 'undici';
import { readCode } from './classify.ts';
import { postOnce, type PostResult } from './post-once.ts';

export interface IssuerCall {
  /** Appended to the issuer's URL. */
  readonly path: string;
  readonly body: { readonly json: object } | { readonly form: Readonly<Record<string, string>> };
  /** For the whole exchange, connecting included. */
  readonly timeoutMs: number;
}

export type IssuerAnswer =
  /** `body` is undefined when it was not JSON. */
  | { readonly kind: 'answer'; readonly status: number; readonly body: unknown }
  | Exclude<PostResult, { kind: 'answer' }>;

/** One POST to the issuer, surely never sent twice. Never rejects. */
export type IssuerPost = (call: IssuerCall) => Promise<IssuerAnswer>;

export interface IssuerOptions {
  readonly issuer: string;
  readonly httpsProxy: string | undefined;
  readonly noProxy: string | undefined;
  readonly version: string;
  readonly clock: Clock;
}

const CONNECT_TIMEOUT_MS = 10_000;

/** The calls of openai/codex (login/src), under our own name. */
export function createIssuerPost({ issuer, httpsProxy, noProxy, version, clock }: IssuerOptions): IssuerPost {
  const headers = {
    accept: 'application/json',
    originator: 'codex_gateway',
    'user-agent': `codex-gateway/${version}`,
  };
  return async ({ path, body, timeoutMs }) => {
    // a fresh pool for each call: no connection that has grown old in between
    let dispatcher: Dispatcher;
    try {
      dispatcher = createHttpClient({
        connectTimeoutMs: CONNECT_TIMEOUT_MS,
        idleTimeoutMs: timeoutMs,
        httpsProxy,
        noProxy,
      });
    } catch (error) {
      return { kind: 'unsent', code: errorCode(error) };
    }
    try {
      const { type, text } = encode(body);
      const url = issuer + path;
      const post = { url, headers: { ...headers, 'content-type': type }, body: text, timeoutMs };
      const result = await postOnce(dispatcher, clock, post);
      if (result.kind !== 'answer') return result;
      return { kind: 'answer', status: result.status, body: parseJson(result.text) };
    } finally {
      void dispatcher.destroy();
    }
  };
}

function encode(body: IssuerCall['body']): { readonly type: string; readonly text: string } {
  if ('json' in body) return { type: 'application/json', text: JSON.stringify(body.json) };
  return { type: 'application/x-www-form-urlencoded', text: new URLSearchParams(body.form).toString() };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // an HTML page of something in between: its status decides
    return undefined;
  }
}

/** What went wrong with a call, in words without a word of the issuer's own but its error code. */
export function describeFailure(answer: IssuerAnswer): string {
  switch (answer.kind) {
    case 'answer': {
      const code = readCode(answer.body);
      const shown = code !== null && /^[\w.-]{1,64}$/.test(code) ? ` (${code})` : '';
      return `the issuer answered ${answer.status}${shown}`;
    }
    case 'unsent':
      return `the issuer cannot be reached (${answer.code})`;
    case 'lost':
      return `the issuer did not answer (${answer.cause})`;
  }
}
