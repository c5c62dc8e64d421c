import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { listen, ListenError } from '@codex-gateway/service-kit/lifecycle.ts';
import { createManualClock } from '@codex-gateway/testkit/manual-clock.ts';
import { createSimulator } from '@codex-gateway/simulator/app.ts';
import { startBrowserLogin, type BrowserLoginDeps } from '../src/oauth/browser-login.ts';
import { createIssuer } from '../src/oauth/issuer.ts';
import { START_MS } from './logins.ts';

const CLIENT_ID = 'app_EMoamEEZ73f0CkXaXp7hrann';

/** A login whose callback listens on any free port, while the issuer is told the registered one. */
async function startLogin(
  t: TestContext,
  {
    taken = [],
    beforeExchange = async () => {},
  }: { readonly taken?: readonly number[]; readonly beforeExchange?: () => Promise<unknown> } = {},
) {
  const clock = createManualClock(START_MS);
  const simulator = await createSimulator({ clock });
  t.after(() => simulator.close());
  const { issuerUrl: issuer } = simulator;
  const options = { issuer, clientId: CLIENT_ID, httpsProxy: undefined, noProxy: undefined };
  const real = createIssuer({ ...options, version: '0.0.0-test', clock });
  const exchangeCode: BrowserLoginDeps['exchangeCode'] = async (code) => {
    await beforeExchange();
    return real.exchangeCode(code);
  };
  const asked: number[] = [];
  let realPort = 0;
  const listenElsewhere: BrowserLoginDeps['listen'] = async (handler, { host, port, setting }) => {
    asked.push(port);
    if (taken.includes(port)) throw new ListenError('taken');
    const listening = await listen(handler, { host, port: 0, setting });
    t.after(() => listening.server.close());
    realPort = listening.port;
    return listening;
  };
  const login = await startBrowserLogin({ ...options, exchangeCode, clock, listen: listenElsewhere });
  /** What a browser gets at the callback, or at another path. */
  const visit = async (path: string, init: RequestInit = {}) => {
    const reply = await fetch(`http://127.0.0.1:${realPort}${path}`, init);
    return { status: reply.status, text: await reply.text(), headers: reply.headers };
  };
  /** Signs in at the issuer; gives the callback that the browser is sent to. */
  const signIn = async () => {
    const reply = await fetch(login.url, { redirect: 'manual' });
    return new URL(reply.headers.get('location') ?? '');
  };
  return { clock, simulator, login, asked, visit, signIn };
}

const pathOf = ({ pathname, search }: URL) => pathname + search;

test('the address asks for a code with a challenge, under our own name, for this machine', async (t) => {
  const { login, simulator } = await startLogin(t);
  const { origin, pathname, searchParams } = new URL(login.url);
  const { state, code_challenge: challenge, ...rest } = Object.fromEntries(searchParams);
  assert.deepEqual(
    { origin, pathname, ...rest },
    {
      origin: simulator.issuerUrl,
      pathname: '/oauth/authorize',
      response_type: 'code',
      client_id: CLIENT_ID,
      redirect_uri: 'http://127.0.0.1:1455/auth/callback',
      scope: 'openid profile email offline_access',
      code_challenge_method: 'S256',
      id_token_add_organizations: 'true',
      codex_cli_simplified_flow: 'true',
      originator: 'codex_gateway',
    },
  );
  assert.match(state ?? '', /^[\w-]{43}$/);
  assert.match(challenge ?? '', /^[\w-]{43}$/);
});

test('a person who signed in is told so, and their tokens have come', async (t) => {
  const { login, visit, signIn } = await startLogin(t);
  const page = await visit(pathOf(await signIn()));
  assert.equal(page.status, 200);
  assert.match(page.text, /Signed in\./);
  assert.equal(page.headers.get('content-security-policy'), "default-src 'none'");
  const outcome = await login.outcome;
  assert.equal(outcome.kind, 'issued');
  await assert.rejects(visit('/auth/callback'), 'the callback is closed afterwards');
});

test('a callback with another state is refused and ends nothing; one with the issuer’s suffix is ours', async (t) => {
  const { login, visit, signIn } = await startLogin(t);
  const callback = await signIn();
  const state = callback.searchParams.get('state') ?? '';
  for (const other of ['', 'x', `${state}x`, state.slice(1)]) {
    callback.searchParams.set('state', other);
    const page = await visit(pathOf(callback));
    assert.deepEqual([page.status, /State mismatch/.test(page.text)], [400, true]);
  }
  callback.searchParams.set('state', `${state}.onboarding_entrypoint=life_sciences`);
  assert.equal((await visit(pathOf(callback))).status, 200);
  assert.equal((await login.outcome).kind, 'issued');
});

test('other paths and methods are nothing', async (t) => {
  const { visit, signIn, login } = await startLogin(t);
  const callback = await signIn();
  assert.equal((await visit('/')).status, 404);
  assert.equal((await visit('/cancel')).status, 404);
  assert.equal((await visit(pathOf(callback), { method: 'POST' })).status, 404);
  await visit(pathOf(callback));
  assert.equal((await login.outcome).kind, 'issued');
});

test('a refusal at the issuer is told by its codes, and by nothing else that an address could hold', async (t) => {
  const refused = await startLogin(t);
  refused.simulator.control.set({ denyLogins: true });
  const page = await refused.visit(pathOf(await refused.signIn()));
  assert.match(page.text, /Not signed in\./);
  assert.deepEqual(await refused.login.outcome, {
    kind: 'failed',
    problem: 'the sign-in was refused at the issuer (access_denied, missing_codex_entitlement)',
  });

  const strange = await startLogin(t);
  const state = new URL(strange.login.url).searchParams.get('state') ?? '';
  const query = new URLSearchParams({ state, error: '<script>', error_description: 'call 555-canary' });
  const { text } = await strange.visit(`/auth/callback?${query.toString()}`);
  assert.doesNotMatch(text, /script|canary/);
  assert.deepEqual(await strange.login.outcome, {
    kind: 'failed',
    problem: 'the sign-in was refused at the issuer',
  });
});

test('a code that the issuer does not take is the end, and is not sent twice', async (t) => {
  const { login, visit, signIn, simulator } = await startLogin(t);
  const callback = await signIn();
  callback.searchParams.set('code', 'forged');
  assert.match((await visit(pathOf(callback))).text, /Not signed in\./);
  assert.deepEqual(await login.outcome, {
    kind: 'failed',
    problem: 'the issuer answered 400 (invalid_grant)',
  });
  assert.equal(simulator.control.journal().requests.filter(({ endpoint }) => endpoint === 'token').length, 1);
});

test('a callback that comes twice is traded once', async (t) => {
  const trading = Promise.withResolvers<void>();
  const mayGoOn = Promise.withResolvers<void>();
  const { login, visit, signIn, simulator } = await startLogin(t, {
    beforeExchange: () => {
      trading.resolve();
      return mayGoOn.promise;
    },
  });
  const path = pathOf(await signIn());
  const first = visit(path);
  await trading.promise;
  assert.equal((await visit(path)).status, 409);
  mayGoOn.resolve();
  assert.equal((await first).status, 200);
  assert.equal((await login.outcome).kind, 'issued');
  assert.equal(simulator.control.journal().requests.filter(({ endpoint }) => endpoint === 'token').length, 1);
});

test('nobody comes: the wait ends after fifteen minutes', async (t) => {
  const { login, clock } = await startLogin(t);
  clock.advance(15 * 60_000);
  assert.deepEqual(await login.outcome, {
    kind: 'failed',
    problem: 'nobody signed in within 15 minutes',
  });
});

test('a taken port gives way to the other registered one; with both taken the sign-in is not begun', async (t) => {
  const { login, asked, visit, signIn } = await startLogin(t, { taken: [1455] });
  assert.deepEqual(asked, [1455, 1457]);
  assert.equal(new URL(login.url).searchParams.get('redirect_uri'), 'http://127.0.0.1:1457/auth/callback');
  await visit(pathOf(await signIn()));
  assert.equal((await login.outcome).kind, 'issued');
  await assert.rejects(
    startLogin(t, { taken: [1455, 1457] }),
    /^ListenError: ports 1455 and 1457 of 127\.0\.0\.1 are in use, and the issuer sends browsers to no other/,
  );
});
