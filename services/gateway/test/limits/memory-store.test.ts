import { createManualClock } from '@codex-gateway/testkit/manual-clock.ts';
import { createMemoryLimitStore } from '../../src/limits/memory-store.ts';
import { testLimitStore } from './limit-store.contract.ts';

testLimitStore('memory', async (_t, startMs) => {
  const clock = createManualClock(startMs);
  return {
    store: createMemoryLimitStore(clock.now),
    now: clock.now,
    advance: async (byMs) => clock.advance(byMs),
  };
});
