import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { createSimulator, type Simulator } from '../src/app.ts';
import { readJwt } from '../src/issuer/jwt.ts';
import { asObject, asText } from '../src/json.ts';
import { CLIENT_ID, createManualClock, startRig } from './rig.ts';

const VERIFIER = 'a-verifier-of-forty-three-characters-or-more-x';
const CHALLENGE = createHash('sha256').update(VERIFIER).digest('base64url');
const REDIRECT = 'http://127.0.0.1:1455/auth/callback';

const AUTHORIZE = {
  response_type: 'code',
  client_id: CLIENT_ID,
  redirect_uri: REDIRECT,
  code_challenge: CHALLENGE,
  code_challenge_method: 'S256',
  state: 'kept~as.it-is_0/+=',
  scope: 'openid profile email offline_access',
};

function authorize({ issuerUrl }: Simulator, changes: Record<string, string> = {}): Promise<Response> {
  const query = new URLSearchParams({ ...AUTHORIZE, ...changes });
  return fetch(`${issuerUrl}/oauth/authorize?${query.toString()}`, { redirect: 'manual' });
}

function exchange(
  { issuerUrl }: Simulator,
  code: string,
  changes: Record<string, string> = {},
): Promise<Response> {
  return fetch(`${issuerUrl}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      code,
      redirect_uri: REDIRECT,
      client_id: CLIENT_ID,
      code_verifier: VERIFIER,
      ...changes,
    }),
  });
}

async function codeFrom(simulator: Simulator): Promise<string> {
  const location = new URL((await authorize(simulator)).headers.get('location') ?? '');
  return location.searchParams.get('code') ?? '';
}

test('authorize: refuses a wrong client, redirect or challenge, and hands the state back unchanged', async (t) => {
  const { simulator } = await startRig(t);
  for (const changes of [
    { client_id: 'app_other' },
    { redirect_uri: 'http://127.0.0.1:1456/auth/callback' },
    { redirect_uri: 'http://evil.example/auth/callback' },
    { redirect_uri: 'http://localhost:1455/other' },
    { code_challenge: '' },
    { code_challenge_method: 'plain' },
    { response_type: 'token' },
  ]) {
    const { status } = await authorize(simulator, changes);
    assert.equal(status, 400, JSON.stringify(changes));
  }
  for (const redirect of [
    REDIRECT,
    'http://localhost:1455/auth/callback',
    'http://localhost:1457/auth/callback',
    'http://127.0.0.1:1457/auth/callback',
  ]) {
    const answer = await authorize(simulator, { redirect_uri: redirect });
    const location = new URL(answer.headers.get('location') ?? '');
    assert.equal(answer.status, 302);
    assert.equal(`${location.origin}${location.pathname}`, redirect);
    assert.equal(location.searchParams.get('state'), AUTHORIZE.state);
  }
});

test('authorize: a denied login comes back with the error and the state', async (t) => {
  const { simulator } = await startRig(t);
  simulator.control.set({ denyLogins: true });
  const location = new URL((await authorize(simulator)).headers.get('location') ?? '');
  assert.deepEqual(Object.fromEntries(location.searchParams), {
    error: 'access_denied',
    error_description: 'missing_codex_entitlement',
    state: AUTHORIZE.state,
  });
});

test('token exchange: takes a form, verifies the PKCE verifier, and a code works once', async (t) => {
  const { simulator } = await startRig(t);
  const code = await codeFrom(simulator);
  const first = await exchange(simulator, code);
  assert.equal(first.status, 200);
  const tokens = asObject(await first.json());
  assert.deepEqual(Object.keys(tokens), [
    'id_token',
    'access_token',
    'refresh_token',
    'token_type',
    'expires_in',
    'scope',
  ]);
  assert.equal((await exchange(simulator, code)).status, 400);
  const spoilt = await codeFrom(simulator);
  assert.equal((await exchange(simulator, spoilt, { code_verifier: 'another' })).status, 400);
  assert.equal((await exchange(simulator, spoilt)).status, 400, 'a failed exchange spends the code too');
  const other = await codeFrom(simulator);
  assert.equal(
    (await exchange(simulator, other, { redirect_uri: 'http://localhost:1455/auth/callback' })).status,
    400,
  );
});

test('token exchange: a login as JSON and a refresh as form are refused, an unknown client too', async (t) => {
  const { simulator, login } = await startRig(t);
  const url = `${simulator.issuerUrl}/oauth/token`;
  const refreshFields = {
    client_id: CLIENT_ID,
    grant_type: 'refresh_token',
    refresh_token: login.tokens.refresh_token,
  };
  const asForm = await fetch(url, { method: 'POST', body: new URLSearchParams(refreshFields) });
  assert.deepEqual(await asForm.json(), {
    error: 'invalid_request',
    error_description: "The grant type 'refresh_token' takes JSON.",
  });
  const json = { method: 'POST', headers: { 'content-type': 'application/json' } };
  const asJson = await fetch(url, {
    ...json,
    body: JSON.stringify({ client_id: CLIENT_ID, grant_type: 'authorization_code', code: 'x' }),
  });
  assert.equal(asJson.status, 400);
  const stranger = await fetch(url, {
    ...json,
    body: JSON.stringify({ ...refreshFields, client_id: 'app_x' }),
  });
  assert.equal(stranger.status, 401);
  assert.equal((await fetch(url, { ...json, body: '{' })).status, 400);
});

test('token exchange: an id token buys an API key, as the browser login tries', async (t) => {
  const { simulator, login } = await startRig(t);
  const answer = await fetch(`${simulator.issuerUrl}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      client_id: CLIENT_ID,
      requested_token: 'openai-api-key',
      subject_token: login.tokens.id_token,
      subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
    }),
  });
  assert.deepEqual(await answer.json(), { access_token: 'sk-simulated-api-key' });
});

async function startDevice({ issuerUrl }: Simulator): Promise<{ deviceAuthId: string; userCode: string }> {
  const answer = await fetch(`${issuerUrl}/api/accounts/deviceauth/usercode`, {
    method: 'POST',
    body: JSON.stringify({ client_id: CLIENT_ID }),
  });
  const body = asObject(await answer.json());
  assert.equal(typeof body['interval'], 'string');
  return { deviceAuthId: asText(body['device_auth_id']), userCode: asText(body['user_code']) };
}

function pollDevice(
  { issuerUrl }: Simulator,
  { deviceAuthId, userCode }: { deviceAuthId: string; userCode: string },
): Promise<Response> {
  return fetch(`${issuerUrl}/api/accounts/deviceauth/token`, {
    method: 'POST',
    body: JSON.stringify({ device_auth_id: deviceAuthId, user_code: userCode }),
  });
}

test('device flow: pending is 403 or 404, approval gives code and verifier, which the token endpoint takes', async (t) => {
  const { simulator } = await startRig(t);
  const device = await startDevice(simulator);
  assert.equal((await pollDevice(simulator, device)).status, 403);
  simulator.control.set({ devicePendingStatus: 404 });
  assert.equal((await pollDevice(simulator, device)).status, 404);
  assert.equal((await pollDevice(simulator, { ...device, userCode: 'AAAA-0000' })).status, 400);
  assert.equal(simulator.control.approveDevice(device.userCode, 'acct_device'), true);
  const approved = asObject(await (await pollDevice(simulator, device)).json());
  assert.deepEqual(Object.keys(approved), ['authorization_code', 'code_challenge', 'code_verifier']);
  const tokens = await exchange(simulator, asText(approved['authorization_code']), {
    redirect_uri: `${simulator.issuerUrl}/deviceauth/callback`,
    code_verifier: asText(approved['code_verifier']),
  });
  assert.equal(tokens.status, 200);
  const reading = readJwt(asText(asObject(await tokens.json())['access_token']));
  assert.equal(reading.kind, 'valid');
  const claims = reading.kind === 'valid' ? asObject(reading.claims['https://api.openai.com/auth']) : {};
  assert.equal(claims['chatgpt_account_id'], 'acct_device');
});

test('device flow: the redirect follows the name that the client calls the issuer by', async (t) => {
  const { simulator } = await startRig(t);
  const named = { ...simulator, issuerUrl: `http://localhost:${simulator.port}` };
  const device = await startDevice(named);
  simulator.control.approveDevice(device.userCode);
  const approved = asObject(await (await pollDevice(named, device)).json());
  const tokens = await exchange(named, asText(approved['authorization_code']), {
    redirect_uri: `${named.issuerUrl}/deviceauth/callback`,
    code_verifier: asText(approved['code_verifier']),
  });
  assert.equal(tokens.status, 200);
});

test('device flow: a person approves on the page, denial and automatic approval work too', async (t) => {
  const { simulator } = await startRig(t);
  const byPage = await startDevice(simulator);
  const page = await fetch(`${simulator.issuerUrl}/codex/device?user_code=${byPage.userCode}`);
  assert.match(await page.text(), new RegExp(`value="${byPage.userCode}"`));
  const approve = (code: string) =>
    fetch(`${simulator.issuerUrl}/codex/device`, {
      method: 'POST',
      body: new URLSearchParams({ user_code: code }),
    });
  assert.equal((await approve('ZZZZ-ZZZZ')).status, 404);
  assert.equal((await approve(byPage.userCode.toLowerCase())).status, 200);
  assert.equal((await pollDevice(simulator, byPage)).status, 200);
  const denied = await startDevice(simulator);
  simulator.control.denyDevice(denied.userCode);
  assert.equal((await pollDevice(simulator, denied)).status, 400);
  simulator.control.set({ deviceAutoApprove: true });
  assert.equal((await pollDevice(simulator, await startDevice(simulator))).status, 200);
});

test('revoke: ends the login of a refresh token, and unknown tokens are fine', async (t) => {
  const { simulator, login, refresh, post } = await startRig(t);
  const revoke = (token: string) =>
    fetch(`${simulator.issuerUrl}/oauth/revoke`, { method: 'POST', body: JSON.stringify({ token }) });
  assert.equal((await revoke('rt_unknown')).status, 200);
  assert.equal((await revoke('')).status, 400);
  assert.equal((await revoke(login.tokens.refresh_token)).status, 200);
  const refused = asObject(asObject(await (await refresh(login.tokens.refresh_token)).json())['error']);
  assert.equal(refused['code'], 'refresh_token_invalidated');
  assert.equal((await post()).status, 200, 'the access token lives on until it expires');
  await revoke(login.tokens.access_token);
  assert.equal((await post()).status, 401);
});

test('access tokens: JWTs with exp and the auth claims, of the plan and account asked for', async (t) => {
  const clock = createManualClock();
  const { simulator } = await startRig(t, { clock, accessTokenSeconds: 600 });
  const login = simulator.control.login({ accountId: 'acct_team', plan: 'team', accessTokenSeconds: 60 });
  const reading = readJwt(login.tokens.access_token);
  assert.equal(reading.kind, 'valid');
  const claims = reading.kind === 'valid' ? reading.claims : {};
  assert.equal(claims['exp'], clock.now() / 1000 + 60);
  assert.equal(claims['iss'], simulator.issuerUrl);
  assert.deepEqual(claims['https://api.openai.com/auth'], {
    chatgpt_account_id: 'acct_team',
    chatgpt_plan_type: 'team',
    chatgpt_user_id: 'user-acct_team',
    user_id: 'user-acct_team',
  });
  assert.deepEqual(
    { ...login, tokens: Object.keys(login.tokens) },
    {
      auth_mode: 'chatgpt',
      OPENAI_API_KEY: null,
      tokens: ['id_token', 'access_token', 'refresh_token', 'account_id'],
      last_refresh: '2026-01-01T00:00:00.000Z',
    },
  );
});

async function codeOf(answer: Response): Promise<readonly unknown[]> {
  const body = asObject(await answer.json());
  return [answer.status, asObject(body['error'])['code'] ?? body['detail']];
}

test('access tokens: expired, revoked and not a JWT each get their own 401', async (t) => {
  const clock = createManualClock();
  const { simulator, login, post } = await startRig(t, { clock, accessTokenSeconds: 600 });
  const unparseable = 'Could not parse your authentication token. Please try signing in again.';
  assert.deepEqual(await codeOf(await post({}, { authorization: 'Bearer opaque' })), [401, unparseable]);
  const forged = login.tokens.access_token.slice(0, -4).concat('AAAA');
  assert.deepEqual(await codeOf(await post({}, { authorization: `Bearer ${forged}` })), [
    401,
    'token_invalidated',
  ]);
  simulator.control.revokeAccessToken(login.tokens.access_token);
  assert.deepEqual(await codeOf(await post()), [401, 'token_invalidated']);
  simulator.control.reset();
  assert.equal((await post()).status, 200);
  simulator.control.revokeAccessTokens();
  assert.deepEqual(await codeOf(await post()), [401, 'token_invalidated']);
  const fresh = simulator.control.login().tokens.access_token;
  assert.equal((await post({}, { authorization: `Bearer ${fresh}` })).status, 200);
  clock.advance(600_000);
  assert.deepEqual(await codeOf(await post({}, { authorization: `Bearer ${fresh}` })), [
    401,
    'token_expired',
  ]);
});

test('access tokens: those of an earlier run are still good, refresh tokens of another seed are unknown', async (t) => {
  const { login } = await startRig(t, { seed: 'first run' });
  const second = await createSimulator({ seed: 'second run' });
  t.after(() => second.close());
  const models = await fetch(`${second.backendUrl}/models?client_version=0.169.0`, {
    headers: { authorization: `Bearer ${login.tokens.access_token}` },
  });
  assert.equal(models.status, 200);
  assert.notEqual(second.control.login().tokens.refresh_token, login.tokens.refresh_token);
});
