import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Every metric of the gateway. Labels come from closed lists; `client` and `model` never stand on one metric. */
export interface Metrics extends StoreMetrics {
  readonly registry: Registry;
  readonly requests: Counter<'dialect' | 'outcome'>;
  readonly requestsByModel: Counter<'model' | 'outcome'>;
  readonly requestsByClient: Counter<'client' | 'outcome'>;
  readonly tokensByModel: Counter<'model' | 'type'>;
  readonly tokensByClient: Counter<'client' | 'type'>;
  readonly duration: Histogram<'dialect' | 'outcome'>;
  readonly firstEvent: Histogram<'dialect'>;
  readonly upstreamRequests: Counter<'code'>;
  readonly upstreamRetries: Counter<'reason'>;
  readonly unknownEvents: Counter<'kind'>;
  readonly toolTexts: Counter<'result'>;
  readonly brokerRequests: Counter<'result'>;
  readonly modelsRefreshes: Counter<'result'>;
  readonly keysReloads: Counter<'result'>;
  readonly clientUrls: Counter<'result'>;
}

/** Of what is kept from one request to the next. */
interface StoreMetrics {
  readonly conversationRecords: Counter<'record' | 'result'>;
  readonly redisDuration: Histogram<'command'>;
  readonly redisErrors: Counter<'kind'>;
  readonly redisFallback: Gauge<'use'>;
}

/** States that are read when they are asked for, not counted as they change. */
export interface GaugeReadings {
  readonly inflightRequests: () => number;
  readonly inflightStreams: () => number;
  readonly draining: () => boolean;
}

const DURATION_BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1200];
const FIRST_EVENT_BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const REDIS_BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1];

export function createMetrics(version: string, readings: GaugeReadings): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const counter = <Label extends string>(
    name: string,
    help: string,
    labelNames: readonly Label[],
  ): Counter<Label> =>
    new Counter({ name: `codex_gateway_${name}`, help, labelNames: [...labelNames], registers });
  declareGauges(registry, version, readings);
  return {
    ...createStoreMetrics(registers),
    registry,
    requests: counter('requests_total', 'Inference requests by dialect and outcome.', ['dialect', 'outcome']),
    requestsByModel: counter('model_requests_total', 'Inference requests by model and outcome.', [
      'model',
      'outcome',
    ]),
    requestsByClient: counter('client_requests_total', 'Inference requests by API key id and outcome.', [
      'client',
      'outcome',
    ]),
    tokensByModel: counter('model_tokens_total', 'Tokens by model and type.', ['model', 'type']),
    tokensByClient: counter('client_tokens_total', 'Tokens by API key id and type.', ['client', 'type']),
    duration: new Histogram({
      name: 'codex_gateway_request_duration_seconds',
      help: 'From the first byte of a request to the last byte of its answer.',
      labelNames: ['dialect', 'outcome'],
      buckets: DURATION_BUCKETS,
      registers,
    }),
    firstEvent: new Histogram({
      name: 'codex_gateway_time_to_first_event_seconds',
      help: 'From the first byte of a request to the first real event of its answer.',
      labelNames: ['dialect'],
      buckets: FIRST_EVENT_BUCKETS,
      registers,
    }),
    upstreamRequests: counter('upstream_requests_total', 'Calls to the upstream by status or error code.', [
      'code',
    ]),
    upstreamRetries: counter('upstream_retries_total', 'Calls repeated, by reason.', ['reason']),
    unknownEvents: counter(
      'upstream_unknown_events_total',
      'Upstream events that are not known or cannot be read.',
      ['kind'],
    ),
    toolTexts: counter('tool_texts_total', 'Calls that the model wrote as text, by what became of them.', [
      'result',
    ]),
    brokerRequests: counter('broker_requests_total', 'Calls to the token broker by result.', ['result']),
    modelsRefreshes: counter('models_refresh_total', 'Refreshes of the models list by result.', ['result']),
    keysReloads: counter('keys_reloads_total', 'Changes of the API keys file by result.', ['result']),
    clientUrls: counter('client_urls_total', 'URLs in requests that were to be fetched, by result.', [
      'result',
    ]),
  };
}

function createStoreMetrics(registers: Registry[]): StoreMetrics {
  return {
    conversationRecords: new Counter({
      name: 'codex_gateway_conversation_records_total',
      help: 'Records of conversations, by what became of them.',
      labelNames: ['record', 'result'],
      registers,
    }),
    redisDuration: new Histogram({
      name: 'codex_gateway_redis_command_duration_seconds',
      help: 'From a command, or several sent as one, to its answer.',
      labelNames: ['command'],
      buckets: REDIS_BUCKETS,
      registers,
    }),
    redisErrors: new Counter({
      name: 'codex_gateway_redis_errors_total',
      help: 'Commands without an answer, by the reason.',
      labelNames: ['kind'],
      registers,
    }),
    redisFallback: new Gauge({
      name: 'codex_gateway_redis_fallback_active',
      help: '1 while Redis is away, by what it is used for.',
      labelNames: ['use'],
      registers,
    }),
  };
}

function declareGauges(registry: Registry, version: string, readings: GaugeReadings): void {
  const draining = (): number => Number(readings.draining());
  registry.registerMetric(
    readGauge('inflight_requests', 'Requests being served.', readings.inflightRequests),
  );
  registry.registerMetric(readGauge('inflight_streams', 'Streams being written.', readings.inflightStreams));
  registry.registerMetric(readGauge('draining', '1 while the process finishes its last requests.', draining));
  const buildInfo = new Gauge({
    name: 'codex_gateway_build_info',
    help: 'Always 1; the version is a label.',
    labelNames: ['version'],
    registers: [registry],
  });
  buildInfo.set({ version }, 1);
}

function readGauge(name: string, help: string, read: () => number): Gauge {
  return new Gauge({
    name: `codex_gateway_${name}`,
    help,
    registers: [],
    collect() {
      this.set(read());
    },
  });
}
