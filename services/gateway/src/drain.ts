import type { Server } from 'node:http';
import type { Clock } from '@codex-gateway/service-kit/clock.ts';
import { closeGracefully } from '@codex-gateway/service-kit/lifecycle.ts';
import type { Logger } from '@codex-gateway/service-kit/logger.ts';
import type { Scope } from './http/request-scope.ts';

/** New requests are still served this long, while the last routers learn that this pod is going. */
const LAME_DUCK_MS = 5_000;

export interface DrainOptions {
  readonly lameDuckMs: number;
  readonly deadlineMs: number;
}

/** After the deadline, how long the last words of every answer may take. */
const LAST_WORDS_MS = 10_000;

/** A pod that is deleted: serve on for a moment, then finish what runs, however long the operator allows. */
export function podDrain(drainSeconds: number): DrainOptions {
  return { lameDuckMs: LAME_DUCK_MS, deadlineMs: drainSeconds * 1000 };
}

/** Ctrl-C on a laptop. */
export const terminalDrain: DrainOptions = { lameDuckMs: 0, deadlineMs: 2_000 };

export interface DrainDeps {
  readonly server: Server;
  readonly open: () => ReadonlySet<Scope>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Resolves when the last answer is out. What still runs at the deadline is ended in its dialect with a fault that
 * clients retry.
 */
export async function drain(
  { server, open, clock, logger }: DrainDeps,
  options: DrainOptions,
): Promise<void> {
  logger.info({ requests: open().size }, 'draining');
  if (options.lameDuckMs > 0) await new Promise<void>((resolve) => clock.after(options.lameDuckMs, resolve));
  let cancel = clock.after(options.deadlineMs, () => {
    logger.warn({ requests: open().size }, 'drain deadline reached');
    for (const scope of open())
      scope.end({ kind: 'drain_deadline', message: 'The server is shutting down. Please try again.' });
    cancel = clock.after(LAST_WORDS_MS, () => server.closeAllConnections());
  });
  await closeGracefully(server);
  cancel();
  logger.info('drained');
}
