import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A login of the simulator. */
export interface Login {
  readonly accessToken: string;
  readonly accountId: string;
}

export async function newLogin(simulatorUrl: string): Promise<Login> {
  const answer = await fetch(`${simulatorUrl}/control/logins`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  });
  const { tokens } = (await answer.json()) as { tokens: { access_token: string; account_id: string } };
  return { accessToken: tokens.access_token, accountId: tokens.account_id };
}

/** Gives the one token, as the broker would; its cost is not part of the measurement. */
export async function startBroker({
  accessToken,
  accountId,
}: Login): Promise<{ url: string; close: () => void }> {
  const account = {
    alias: 'bench',
    accountId,
    accessToken,
    fingerprint: 'bench',
    expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
    plan: null,
    generation: 1,
    default: true,
  };
  const server = createServer((_req, res) => {
    res.setHeader('content-type', 'application/json');
    res.end(JSON.stringify({ accounts: [account], unavailable: [], refreshAfterSeconds: 60 }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close() };
}
