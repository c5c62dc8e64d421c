import { jsonReply, type Reply } from '../http/reply.ts';
import type { Call, World } from '../world.ts';
import { authorize } from './authorize.ts';
import { usageBody } from './quota.ts';

/** `GET /backend-api/wham/usage`. */
export async function handleUsage({ req }: Call, world: World): Promise<Reply | undefined> {
  const authorization = authorize(req, world);
  if (authorization.kind === 'refused') return authorization.reply;
  const { account } = authorization;
  const nowSeconds = Math.floor(world.clock.now() / 1000);
  return jsonReply(200, usageBody(world.quotaOf(account), account.plan, nowSeconds));
}

/** `GET /backend-api/wham/accounts/check`: where the workspace lives. The Codex CLI wants an HTTPS origin here. */
export async function handleAccountsCheck({ req }: Call, world: World): Promise<Reply | undefined> {
  const authorization = authorize(req, world);
  if (authorization.kind === 'refused') return authorization.reply;
  const { id, plan } = authorization.account;
  return jsonReply(200, {
    accounts: [
      {
        id,
        plan_type: plan,
        workspace_backend_origin: 'NO_CONSTRAINT',
        account_routing_override: 'NO_CONSTRAINT',
      },
    ],
    account_ordering: [id],
  });
}
