import type { Secret } from '@codex-gateway/service-kit/secret.ts';
import {
  rejectReplySchema,
  tokensReplySchema,
  type RejectReply,
  type ServedAccount,
  type TokensReply,
} from '@codex-gateway/wire/broker/contract.ts';
import { request, type Dispatcher } from 'undici';
import type { z } from 'zod';

const TIMEOUT_MS = 10_000;

/** The broker's calls that a gateway makes; both throw when the broker does not answer as agreed. */
export interface BrokerApi {
  readonly tokens: () => Promise<TokensReply>;
  readonly reject: (account: ServedAccount) => Promise<RejectReply>;
}

export interface BrokerApiDeps {
  readonly url: string;
  readonly secret: Secret | undefined;
  readonly dispatcher: Dispatcher;
}

export function createBrokerApi({ url, secret, dispatcher }: BrokerApiDeps): BrokerApi {
  const headers = {
    'content-type': 'application/json',
    ...(secret && { authorization: `Bearer ${secret.reveal()}` }),
  };
  const post = async <Schema extends z.ZodType>(
    path: string,
    body: object,
    schema: Schema,
  ): Promise<z.infer<Schema>> => {
    const answer = await request(`${url}${path}`, {
      method: 'POST',
      dispatcher,
      headers,
      body: JSON.stringify(body),
      headersTimeout: TIMEOUT_MS,
      bodyTimeout: TIMEOUT_MS,
    });
    if (answer.statusCode === 200) return schema.parse(await answer.body.json());
    await answer.body.dump();
    throw new BrokerError(`STATUS_${answer.statusCode}`);
  };
  return {
    tokens: () => post('/v1/tokens', {}, tokensReplySchema),
    reject: ({ alias, fingerprint }) =>
      post(`/v1/tokens/${encodeURIComponent(alias)}/reject`, { fingerprint }, rejectReplySchema),
  };
}

/** The broker answered with another status than 200; `code` says which. */
class BrokerError extends Error {
  readonly code: string;

  constructor(code: string) {
    super(`token broker answered ${code}`);
    this.name = 'BrokerError';
    this.code = code;
  }
}
