import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import { asObject, asObjects } from '../src/json.ts';
import { createManualClock, startRig } from './rig.ts';

const MODELS = '/backend-api/codex/models';

async function slugsOf(answer: Response): Promise<readonly unknown[]> {
  return asObjects(asObject(await answer.json())['models']).map(({ slug }) => slug);
}

test('models: 400 without client_version, and a low version filters the list down to nothing', async (t) => {
  const { get } = await startRig(t);
  assert.equal((await get(MODELS)).status, 400);
  const low = await get(`${MODELS}?client_version=0.1.0`);
  assert.deepEqual([low.status, await low.json()], [200, { models: [] }]);
  assert.deepEqual(await slugsOf(await get(`${MODELS}?client_version=0.130.0`)), [
    'gpt-5.5',
    'gpt-5.4',
    'gpt-5.4-mini',
    'codex-auto-review',
  ]);
  assert.deepEqual(await slugsOf(await get(`${MODELS}?client_version=0.169.0`)), [
    'gpt-6.1-sol',
    'gpt-6-astra',
    'gpt-6-sol',
    'gpt-6-luna',
    'gpt-5.6-sol',
    'gpt-5.6-terra',
    'gpt-5.6-luna',
    'gpt-5.5',
    'gpt-5.4',
    'gpt-5.4-mini',
    'codex-auto-review',
  ]);
});

test('models: If-None-Match with the ETag gets 304, with another list the tag differs', async (t) => {
  const { get } = await startRig(t);
  const full = await get(`${MODELS}?client_version=0.169.0`);
  const etag = full.headers.get('etag') ?? '';
  const unchanged = await get(`${MODELS}?client_version=0.169.0`, { 'if-none-match': etag });
  assert.deepEqual([unchanged.status, await unchanged.text()], [304, '']);
  const fewer = await get(`${MODELS}?client_version=0.130.0`, { 'if-none-match': etag });
  assert.equal(fewer.status, 200);
});

test('models: an entry has every member that the Codex CLI needs to decode it', async (t) => {
  const { get } = await startRig(t);
  const models = asObjects(asObject(await (await get(`${MODELS}?client_version=0.169.0`)).json())['models']);
  for (const model of models) {
    for (const member of [
      'slug',
      'display_name',
      'supported_reasoning_levels',
      'shell_type',
      'visibility',
      'supported_in_api',
      'priority',
      'support_verbosity',
      'truncation_policy',
      'experimental_supported_tools',
      'base_instructions',
    ]) {
      assert.notEqual(model[member], undefined, `${String(model['slug'])}.${member}`);
    }
  }
  const hidden = models.filter(({ visibility }) => visibility === 'hide').map(({ slug }) => slug);
  assert.deepEqual(hidden, ['codex-auto-review']);
});

test('models: scenario models are listed only when asked for, and a fault can be set', async (t) => {
  const { get, simulator } = await startRig(t, { listScenarioModels: true });
  const slugs = await slugsOf(await get(`${MODELS}?client_version=0.169.0`));
  assert.ok(slugs.includes('sim-load'));
  simulator.control.nextModels('status 503');
  assert.equal((await get(`${MODELS}?client_version=0.169.0`)).status, 503);
  assert.equal((await get(`${MODELS}?client_version=0.169.0`)).status, 200);
});

test('wham: usage in the shape of the account service', async (t) => {
  const clock = createManualClock();
  const { get, simulator, login } = await startRig(t, { clock });
  simulator.control.setQuota('acct_simulated', { limitReached: true });
  assert.ok(login);
  const now = clock.now() / 1000;
  const windows = {
    primary_window: {
      used_percent: 12,
      limit_window_seconds: 18_000,
      reset_after_seconds: 9000,
      reset_at: now + 9000,
    },
    secondary_window: {
      used_percent: 5,
      limit_window_seconds: 604_800,
      reset_after_seconds: 432_000,
      reset_at: now + 432_000,
    },
  };
  assert.deepEqual(await (await get('/backend-api/wham/usage')).json(), {
    plan_type: 'plus',
    rate_limit: { allowed: false, limit_reached: true, ...windows },
    credits: { has_credits: false, unlimited: false, balance: null },
    spend_control: null,
    additional_rate_limits: [
      {
        limit_name: 'GPT-5.3-Codex-Spark',
        metered_feature: 'codex_bengalfox',
        rate_limit: { allowed: true, limit_reached: false, ...windows },
      },
    ],
    rate_limit_reached_type: { type: 'rate_limit_reached' },
    rate_limit_reset_credits: { available_count: 0 },
  });
});

test('wham: accounts/check names the workspace and its backend origin', async (t) => {
  const { get } = await startRig(t);
  assert.deepEqual(await (await get('/backend-api/wham/accounts/check')).json(), {
    accounts: [
      {
        id: 'acct_simulated',
        plan_type: 'plus',
        workspace_backend_origin: 'NO_CONSTRAINT',
        account_routing_override: 'NO_CONSTRAINT',
      },
    ],
    account_ordering: ['acct_simulated'],
  });
});

test('every backend endpoint wants a token; other paths are 404 and other methods 405', async (t) => {
  const { simulator, get } = await startRig(t);
  for (const path of [
    `${MODELS}?client_version=1.0.0`,
    '/backend-api/wham/usage',
    '/backend-api/wham/accounts/check',
  ]) {
    assert.equal((await fetch(`${simulator.issuerUrl}${path}`)).status, 401);
  }
  assert.equal((await get('/backend-api/ps/plugins/installed?limit=200')).status, 404);
  assert.equal((await get('/backend-api/codex/responses')).status, 405);
});

test('a WebSocket upgrade gets 426', async (t) => {
  const { simulator } = await startRig(t);
  const answer = await new Promise<string>((resolve, reject) => {
    const socket = connect(simulator.port, '127.0.0.1');
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk.toString();
    });
    socket.on('end', () => resolve(text)).on('error', reject);
    socket.write(
      'GET /backend-api/codex/responses HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
    );
  });
  assert.match(answer, /^HTTP\/1\.1 426 /);
  assert.equal(simulator.control.journal().counts.upgrade, 1);
});
