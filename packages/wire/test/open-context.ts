import { createHash } from 'node:crypto';
import { codexBackend } from '../src/codex/upstream.ts';
import type { OpenContext, ResolvedModel, Stamp } from '../src/dialects/dialect.ts';
import { defaultOptions } from '../src/dialects/options.ts';

export const stamp: Stamp = {
  id: '0123456789abcdef',
  createdAt: 1_800_000_001,
  requestId: 'req_1',
  account: 'account-1',
};

/** A context as the gateway gives it; models take every effort from none to xhigh and exist. */
export function openContext({
  model = {},
  ...rest
}: Partial<Omit<OpenContext, 'resolveModel'>> & {
  readonly model?: Partial<ResolvedModel>;
} = {}): OpenContext {
  return {
    sessionId: null,
    cacheScope: 'key-1',
    resolveModel: (requested) => ({
      requested,
      slug: requested,
      exists: true,
      efforts: ['none', 'low', 'medium', 'high', 'xhigh'],
      effort: null,
      ...model,
    }),
    options: defaultOptions,
    upstream: codexBackend,
    maxTokens: null,
    digest: (text) => createHash('sha256').update(text).digest('hex'),
    ...rest,
  };
}
