import { createHash } from 'node:crypto';
import type { ServedAccount } from '@codex-gateway/wire/broker/contract.ts';

/** An account as the broker serves it; its token follows from alias and generation. */
export function servedAccount(alias: string, more: Partial<ServedAccount> = {}): ServedAccount {
  const generation = more.generation ?? 1;
  const accessToken = more.accessToken ?? `token-${alias}-${generation}`;
  return {
    alias,
    accountId: `acct-${alias}`,
    accessToken,
    fingerprint: createHash('sha256').update(accessToken).digest('hex'),
    expiresAt: '2027-01-01T01:00:00Z',
    plan: 'plus',
    generation,
    default: alias === 'default',
    ...more,
  };
}
