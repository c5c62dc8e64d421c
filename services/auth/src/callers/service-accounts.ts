import type { Clock } from '@codex-gateway/service-kit/clock.ts';
import { errorCode } from '@codex-gateway/service-kit/config.ts';
import { Secret } from '@codex-gateway/service-kit/secret.ts';
import { z } from 'zod';
import { digest } from '../digest.ts';
import { KubernetesError, type KubernetesApi } from '../kubernetes/api-client.ts';
import { readClaims } from '../oauth/claims.ts';
import type { Callers, CallerVerdict } from './callers.ts';

/** What a token must be made for, so that one for another service is worth nothing here. */
export const AUDIENCE = 'codex-auth';

export interface ServiceAccountDeps {
  readonly api: KubernetesApi;
  /** `namespace/serviceaccount`. */
  readonly allowed: ReadonlySet<string>;
  readonly clock: Clock;
}

/** How long a review counts. A token that was good is believed longer, until it expires, while nobody can review it. */
const GOOD_FOR_MS = 60_000;
const BAD_FOR_MS = 5_000;
/** More tokens than callers can have; beyond it the oldest judgement makes way. */
const MOST_REMEMBERED = 1_000;
const MOST_REVIEWS_AT_ONCE = 8;

const reviewSchema = z.object({
  status: z.object({
    authenticated: z.boolean().default(false),
    audiences: z.array(z.string()).default([]),
    user: z.object({ username: z.string() }).optional(),
    error: z.string().optional(),
  }),
});

interface Judgement {
  readonly verdict: CallerVerdict;
  readonly at: number;
  /** Of a token that was good: until then it may be believed. */
  readonly expiresAt: number;
}

/**
 * Callers that send a projected ServiceAccount token, which the API server reviews. Nothing has to be handed out, and a
 * deleted pod is refused at its next review.
 */
export function createServiceAccountCallers({ api, allowed, clock }: ServiceAccountDeps): Callers {
  const remembered = new Map<string, Judgement>();
  const running = new Map<string, Promise<CallerVerdict>>();

  const review = async (proof: string, key: string): Promise<CallerVerdict> => {
    const known = remembered.get(key);
    try {
      const verdict = verdictOf(await askForReview(api, proof), allowed);
      remember(remembered, key, { verdict, at: clock.now(), expiresAt: expiryOf(proof) });
      return verdict;
    } catch (error) {
      const isBelieved = known?.verdict.kind === 'ok' && clock.now() < known.expiresAt;
      return isBelieved ? known.verdict : { kind: 'undecided', reason: errorCode(error) };
    }
  };

  return {
    method: 'service_account',
    close: api.close,
    judge: async (proof) => {
      const key = digest(new Secret(proof));
      const known = remembered.get(key);
      if (known && clock.now() < known.at + (known.verdict.kind === 'ok' ? GOOD_FOR_MS : BAD_FOR_MS))
        return known.verdict;
      const begun = running.get(key);
      if (begun) return begun;
      if (running.size >= MOST_REVIEWS_AT_ONCE)
        return { kind: 'undecided', reason: 'too many reviews at once' };
      const verdict = review(proof, key).finally(() => running.delete(key));
      running.set(key, verdict);
      return verdict;
    },
  };
}

async function askForReview(
  api: KubernetesApi,
  proof: string,
): Promise<z.infer<typeof reviewSchema>['status']> {
  const { status, body } = await api.call({
    method: 'POST',
    path: '/apis/authentication.k8s.io/v1/tokenreviews',
    body: {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenReview',
      spec: { token: proof, audiences: [AUDIENCE] },
    },
  });
  const parsed = reviewSchema.safeParse(body);
  if (status >= 300 || !parsed.success) throw new KubernetesError(status);
  return parsed.data.status;
}

function verdictOf(
  { authenticated, audiences, user }: z.infer<typeof reviewSchema>['status'],
  allowed: ReadonlySet<string>,
): CallerVerdict {
  // the API server's own words may quote the token
  if (!authenticated || !user) return { kind: 'unknown', reason: 'the API server does not know the token' };
  if (!audiences.includes(AUDIENCE)) return { kind: 'unknown', reason: `the token is not for ${AUDIENCE}` };
  const [, namespace, name] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(user.username) ?? [];
  if (namespace === undefined) return { kind: 'not_allowed', reason: 'the token is of no ServiceAccount' };
  const caller = `${namespace}/${name}`;
  if (allowed.has(caller)) return { kind: 'ok' };
  return { kind: 'not_allowed', reason: `${caller} is not in ALLOWED_CALLERS` };
}

/** A token that does not say when it ends is believed no longer than its review. */
function expiryOf(proof: string): number {
  return readClaims(new Secret(proof)).expiresAt ?? 0;
}

function remember(remembered: Map<string, Judgement>, key: string, judgement: Judgement): void {
  remembered.delete(key);
  remembered.set(key, judgement);
  const [oldest] = remembered.keys();
  if (remembered.size > MOST_REMEMBERED && oldest !== undefined) remembered.delete(oldest);
}
