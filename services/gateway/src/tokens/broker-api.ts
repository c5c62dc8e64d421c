import { readFile } from 'node:fs/promises';
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

/**
 * What a gateway shows the broker: a secret that both know, or the text of a file, which the kubelet writes anew while we
 * run; undefined: nothing.
 */
export type BrokerProof = { readonly secret: Secret } | { readonly file: string } | undefined;

export interface BrokerApiDeps {
  readonly url: string;
  readonly proof: BrokerProof;
  readonly dispatcher: Dispatcher;
}

export function createBrokerApi({ url, proof, dispatcher }: BrokerApiDeps): BrokerApi {
  const post = async <Schema extends z.ZodType>(
    path: string,
    body: object,
    schema: Schema,
  ): Promise<z.infer<Schema>> => {
    const answer = await request(`${url}${path}`, {
      method: 'POST',
      dispatcher,
      headers: { 'content-type': 'application/json', ...(await authorization(proof)) },
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

async function authorization(proof: BrokerProof): Promise<Record<string, string>> {
  if (!proof) return {};
  const text = 'secret' in proof ? proof.secret.reveal() : (await readFile(proof.file, 'utf8')).trim();
  return { authorization: `Bearer ${text}` };
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
