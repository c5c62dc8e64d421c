import type { Logger } from '@codex-gateway/service-kit/logger.ts';
import { faultCode } from '@codex-gateway/wire/fault.ts';
import type { Usage } from '@codex-gateway/wire/usage.ts';
import type { FinishedRequest } from './http/request-scope.ts';
import type { Metrics } from './metrics.ts';

/** What one finished request leaves behind: one log line and its metrics. Never its content, never a key's text. */
export function reportRequest(metrics: Metrics, logger: Logger): (finished: FinishedRequest) => void {
  const report = (finished: FinishedRequest): void => {
    const { scope, outcome } = finished;
    const { dialect, key, model, usage, firstEventMs } = scope.record;
    if (dialect !== null) {
      const client = key?.id ?? 'none';
      metrics.requests.inc({ dialect, outcome });
      metrics.requestsByModel.inc({ model: model ?? 'none', outcome });
      metrics.requestsByClient.inc({ client, outcome });
      metrics.duration.observe({ dialect, outcome }, scope.elapsedMs() / 1000);
      if (firstEventMs !== null) metrics.firstEvent.observe({ dialect }, firstEventMs / 1000);
      for (const [type, count] of Object.entries(usage ? tokenCounts(usage) : {})) {
        metrics.tokensByModel.inc({ model: model ?? 'none', type }, count);
        metrics.tokensByClient.inc({ client, type }, count);
      }
    }
    for (const [result, count] of Object.entries(scope.record.toolText ?? {})) {
      metrics.toolTexts.inc({ result }, count);
    }
    // probes and scrapes would drown the requests
    logger[dialect === null ? 'debug' : 'info'](logFields(finished), 'request');
  };
  return (finished) => {
    try {
      report(finished);
    } catch (error) {
      // a request that cannot be counted must not take the running ones with it
      logger.error({ requestId: finished.scope.requestId, err: error }, 'request could not be reported');
    }
  };
}

function tokenCounts(usage: Usage): Readonly<Record<string, number>> {
  return {
    input: usage.inputTokens,
    cached_input: usage.cachedInputTokens,
    output: usage.outputTokens,
    reasoning: usage.reasoningTokens,
  };
}

function logFields({ scope, method, path, status, outcome }: FinishedRequest): object {
  const { requestId, record } = scope;
  return {
    requestId,
    method,
    path,
    status,
    outcome,
    dialect: record.dialect,
    client: record.key?.id ?? null,
    model: record.model,
    stream: record.stream,
    code: record.fault && faultCode(record.fault),
    durationMs: scope.elapsedMs(),
    firstEventMs: record.firstEventMs,
    retries: record.retries,
    usage: record.usage,
    ...(record.usageIsEstimate && { usageIsEstimate: true }),
    ...(record.toolText && { toolText: record.toolText }),
    upstreamRequestId: record.upstreamRequestId,
  };
}
