import type { Clock } from '@codex-gateway/service-kit/clock.ts';
import type { Logger } from '@codex-gateway/service-kit/logger.ts';
import type { UpstreamTraits } from '@codex-gateway/wire/codex/upstream.ts';
import type { Dispatcher } from 'undici';
import type { GatewayConfig } from '../config.ts';
import type { Metrics } from '../metrics.ts';
import type { Catalog } from '../models/catalog.ts';
import type { ReadCatalog } from '../models/catalog-source.ts';
import type { Accounts } from './accounts.ts';
import type { Endpoint } from './endpoint.ts';

/** All in which one upstream differs from another; how it is asked is the same for all (backend.ts). */
export interface Upstream {
  readonly endpoint: Endpoint;
  readonly accounts: Accounts;
  readonly traits: UpstreamTraits;
  readonly readCatalog: ReadCatalog;
  /** Models while it was never reached; null: then it is not known which there are. */
  readonly builtInCatalog: Catalog | null;
  /** Whether it speaks the clients' formats itself, so that nothing is translated that need not be. */
  readonly passesThrough: boolean;
  /** Whether it was ever possible to ask it: what readiness means. */
  readonly hasCredentials: () => boolean;
  /** Begins the background work; the returned function ends it. */
  readonly start: () => () => Promise<void>;
}

export interface UpstreamDeps {
  readonly config: GatewayConfig;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** The way out. */
  readonly dispatcher: Dispatcher;
}
