import type { Dialect } from '@codex-gateway/wire/dialects/dialect.ts';
import type { RequestHandler } from 'express';
import type { Conversations } from '../conversation/conversations.ts';
import type { TokenCounter } from '../counting/token-counter.ts';
import { checkModel } from '../keys/policy.ts';
import { acceptedKey, acceptedOwner } from './authenticate.ts';
import { readJsonBody } from './body.ts';
import { openContext, type ContextDeps } from './open-context.ts';
import type { Scopes } from './request-scope.ts';

export interface TokenCountDeps extends ContextDeps {
  readonly scopes: Scopes;
  readonly maxBodyBytes: number;
  readonly conversations: Conversations;
  readonly counter: TokenCounter;
}

/** Counts the tokens of a request here: the upstream is not asked, and no limit is charged. */
export function createTokenCount(
  dialect: Pick<NonNullable<Dialect['tokenCount']>, 'open'>,
  deps: TokenCountDeps,
): RequestHandler {
  return async (req, res) => {
    const { record, signal } = deps.scopes.of(res);
    const key = acceptedKey(record);
    const body = await readJsonBody(req, { maxBytes: deps.maxBodyBytes, signal });
    const { exchange, namesModel, reply } = dialect.open(body.value, openContext(req, key, deps));
    if (namesModel) checkModel(key, exchange.model);
    const recalled = await deps.conversations.recall({ owner: acceptedOwner(record), exchange });
    res.json(reply(await deps.counter.count(exchange.codexRequest(recalled), signal)));
  };
}
