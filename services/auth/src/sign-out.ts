import type { Revocation, Revoke } from './oauth/revoke.ts';
import type { SignedOut, TokenStore } from './store/token-store.ts';

export type SignOut =
  | {
      readonly kind: 'signed_out';
      readonly version: string;
      readonly record: SignedOut;
      readonly revocation: Revocation;
    }
  | { readonly kind: 'not_signed_in' }
  | { readonly kind: 'unreadable'; readonly problem: string };

/**
 * Ends a login: first at the issuer, so that a crash leaves no live token behind that nobody knows; then its tokens leave
 * the store, whether the issuer answered or not. What was ever adopted stays remembered: a seed that still lies
 * there does not come back. Rejects with the store's error.
 */
export async function signOut(store: TokenStore, alias: string, revoke: Revoke): Promise<SignOut> {
  for (;;) {
    const reading = await store.read(alias);
    if (reading.kind === 'unreadable') return reading;
    if (reading.kind !== 'record') return { kind: 'not_signed_in' };
    const revocation = await revoke(reading.record.refreshToken);
    const { generation, seedFingerprints } = reading.record;
    const record: SignedOut = { signedOut: true, generation, seedFingerprints };
    const written = await store.replace(alias, reading.version, record);
    if (written.kind === 'stored')
      return { kind: 'signed_out', version: written.version, record, revocation };
  }
}
