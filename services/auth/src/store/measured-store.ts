import type { Clock } from '@codex-gateway/service-kit/clock.ts';
import type { Replacement, TokenStore } from './token-store.ts';

export interface MeasureDeps {
  readonly store: TokenStore;
  readonly clock: Clock;
  readonly written: (result: Replacement['kind'] | 'error', seconds: number) => void;
}

/** The same store, with every write counted and timed. */
export function measureStore({ store, clock, written }: MeasureDeps): TokenStore {
  return {
    ...store,
    replace: async (alias, expectedVersion, record) => {
      const startedAt = clock.now();
      let result: Replacement['kind'] | 'error' = 'error';
      try {
        const replacement = await store.replace(alias, expectedVersion, record);
        result = replacement.kind;
        return replacement;
      } finally {
        written(result, (clock.now() - startedAt) / 1_000);
      }
    },
  };
}
