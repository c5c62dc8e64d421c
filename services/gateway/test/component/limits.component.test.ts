import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createManualClock } from '@codex-gateway/testkit/manual-clock.ts';
import { startStack, type Stack } from './stack.ts';
import { chat, dialectCases, json, messages, send, type Answered, type DialectCase } from './client.ts';

const bounded = { timeout: 60_000 };
const EVENING = Date.UTC(2027, 0, 31, 23, 50);

interface Refused {
  readonly code: string;
  readonly message: string;
  readonly outcome?: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

function assertRefused(dialect: DialectCase, answer: Answered, refused: Refused): void {
  const { code, message } = refused;
  const error = { type: 'rate_limit_error', message, details: { error_code: code } };
  const body =
    dialect === messages
      ? { type: 'error', error, request_id: answer.headers['x-request-id'] }
      : { error: { message, type: 'invalid_request_error', param: null, code } };
  assert.deepEqual([answer.status, json(answer)], [429, body]);
  const told = { 'x-gateway-outcome': refused.outcome ?? 'rate_limited', ...refused.headers };
  assert.deepEqual(headersOf(answer, Object.keys(told)), told);
}

function headersOf({ headers }: Answered, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(names.map((name) => [name, headers[name]]));
}

const limitNames = ['limit', 'remaining', 'reset'].flatMap((what) =>
  ['requests', 'tokens'].map((unit) => `x-ratelimit-${what}-${unit}`),
);

/** The limit headers that are there. */
function limitHeaders(answer: Answered): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(headersOf(answer, limitNames)).filter(([, value]) => value !== undefined),
  );
}

function ask({ url }: Stack, dialect: DialectCase, key: string, more: object = {}): Promise<Answered> {
  return send(url + dialect.path, { key: `sk-${key}`, body: dialect.body('Say exactly: yes', { ...more }) });
}

const keys = {
  free: {},
  rpm: { limits: { rpm: 1 } },
  rpd: { limits: { rpd: 1 } },
  tpm: { limits: { tpm: 5_000 } },
  slots: { limits: { concurrency: 1 } },
  quota: { quota: { tokens: 5_000, period: 'day' } },
  total: { quota: { tokens: 100, period: 'total' } },
};

test('a key without limits gets no limit headers', bounded, async (t) => {
  const stack = await startStack(t, { keys });
  for (const dialect of dialectCases)
    for (const stream of [false, true])
      assert.deepEqual(limitHeaders(await ask(stack, dialect, 'free', { stream })), {});
});

for (const dialect of dialectCases) {
  test(`${dialect.name}: requests per minute`, bounded, async (t) => {
    const clock = createManualClock(EVENING);
    const stack = await startStack(t, { keys, clock });
    const first = await ask(stack, dialect, 'rpm', { stream: true });
    const limits = {
      'x-ratelimit-limit-requests': '1',
      'x-ratelimit-remaining-requests': '0',
      'x-ratelimit-reset-requests': '1m1s',
    };
    assert.deepEqual([first.status, limitHeaders(first)], [200, limits]);
    const refused = {
      code: 'rate_limit_rpm',
      message: 'This key may make 1 requests per minute. Try again in 61 s.',
      // 61 s is what a minute's window takes: worth waiting for
      headers: { ...limits, 'retry-after': '60', 'x-should-retry': undefined },
    };
    assertRefused(dialect, await ask(stack, dialect, 'rpm'), refused);
    clock.advance(31_000);
    assertRefused(dialect, await ask(stack, dialect, 'rpm'), {
      code: 'rate_limit_rpm',
      message: 'This key may make 1 requests per minute. Try again in 30 s.',
      headers: { 'retry-after': '30', 'x-should-retry': undefined, 'x-ratelimit-reset-requests': '30s' },
    });
    clock.advance(30_000);
    assert.equal((await ask(stack, dialect, 'rpm')).status, 200);
    assert.equal(stack.simulator.control.journal().counts.responses, 2);
  });

  test(`${dialect.name}: requests per day`, bounded, async (t) => {
    const clock = createManualClock(EVENING);
    const stack = await startStack(t, { keys, clock });
    assert.equal((await ask(stack, dialect, 'rpd')).status, 200);
    assertRefused(dialect, await ask(stack, dialect, 'rpd'), {
      code: 'rate_limit_rpd',
      message: 'This key may make 1 requests per day. Try again in 600 s.',
      headers: { 'retry-after': '60', 'x-should-retry': 'false', 'x-ratelimit-reset-requests': '10m0s' },
    });
    clock.advance(600_000);
    assert.equal((await ask(stack, dialect, 'rpd')).status, 200);
  });

  test(`${dialect.name}: tokens per minute`, bounded, async (t) => {
    const stack = await startStack(t, { keys, clock: createManualClock(EVENING) });
    const first = await ask(stack, dialect, 'tpm');
    assert.equal(first.status, 200);
    const large = { key: 'sk-tpm', body: dialect.body('x'.repeat(20_000)) };
    assertRefused(dialect, await send(stack.url + dialect.path, large), {
      code: 'rate_limit_tpm',
      message: 'This key may use 5000 tokens per minute.',
      headers: { 'retry-after': '60', 'x-should-retry': 'false', 'x-ratelimit-limit-tokens': '5000' },
    });
  });

  test(`${dialect.name}: requests at once`, bounded, async (t) => {
    const stack = await startStack(t, { keys });
    const { control } = stack.simulator;
    control.hold('responses');
    const running = ask(stack, dialect, 'slots', { stream: true });
    await control.until(() => control.waiting('responses') === 1);
    assertRefused(dialect, await ask(stack, dialect, 'slots'), {
      code: 'concurrent_limit',
      message: 'This key may have 1 requests running at once. Try again in 1 s.',
      headers: { 'retry-after': '1', 'x-should-retry': undefined },
    });
    control.release('responses');
    assert.equal((await running).status, 200);
    assert.equal((await ask(stack, dialect, 'slots')).status, 200);
  });

  test(`${dialect.name}: quotas`, bounded, async (t) => {
    const clock = createManualClock(EVENING);
    const stack = await startStack(t, { keys, clock });
    const used = { key: 'sk-quota', body: dialect.body('[[sim: usage input=4000 output=900]] hello') };
    assert.equal((await send(stack.url + dialect.path, used)).status, 200);
    assertRefused(dialect, await ask(stack, dialect, 'quota'), {
      code: 'quota_exceeded',
      outcome: 'quota_exceeded',
      message: 'This key has used its quota of 5000 tokens. Try again in 600 s.',
      headers: {
        'retry-after': '60',
        'x-should-retry': 'false',
        'x-ratelimit-limit-tokens': '5000',
        'x-ratelimit-remaining-tokens': '100',
        'x-ratelimit-reset-tokens': '10m0s',
      },
    });
    clock.advance(600_000);
    assert.equal((await ask(stack, dialect, 'quota')).status, 200);
    assertRefused(dialect, await ask(stack, dialect, 'total'), {
      code: 'quota_exceeded',
      outcome: 'quota_exceeded',
      message: 'This key has used its quota of 100 tokens.',
      headers: { 'retry-after': '60', 'x-should-retry': 'false', 'x-ratelimit-reset-tokens': undefined },
    });
  });
}

/** What is left of the tokens of a minute before this request, whose own reservation is known. */
async function left(stack: Stack): Promise<number> {
  const body = JSON.stringify(chat.body('[[sim: usage input=0 output=0]] hi', { max_tokens: 10 }));
  const answer = await send(stack.url + chat.path, { key: 'sk-tpm', body });
  assert.equal(answer.status, 200, answer.text);
  return Number(answer.headers['x-ratelimit-remaining-tokens']) + Math.ceil(body.length / 4) + 10;
}

test('tokens are settled to what the answer used, in JSON and in a stream', bounded, async (t) => {
  const stack = await startStack(t, { keys, clock: createManualClock(EVENING) });
  assert.equal(await left(stack), 5_000);
  for (const [index, dialect] of dialectCases.entries()) {
    const prompt = '[[sim: usage input=100 cached=60 output=50 reasoning=20]] hi';
    const stream = index % 2 === 0;
    await send(stack.url + dialect.path, { key: 'sk-tpm', body: dialect.body(prompt, { stream }) });
    assert.equal(await left(stack), 5_000 - 150 * (index + 1), dialect.name);
  }
});

test(
  'a request that the upstream refused costs no tokens, one that broke off keeps its reservation',
  bounded,
  async (t) => {
    const stack = await startStack(t, { keys });
    const { control } = stack.simulator;
    for (const directive of [
      'status 400',
      'status 429 kind=plain',
      'status 500',
      'overload after=2',
      'drop',
    ]) {
      control.nextResponses(directive, directive.startsWith('overload') ? 2 : 1);
      assert.ok((await ask(stack, chat, 'tpm')).status >= 400, directive);
      assert.equal(await left(stack), 5_000, directive);
    }
    const body = JSON.stringify(
      chat.body('[[sim: cut after=6]] [[sim: stream events=20]] hi', { max_tokens: 400 }),
    );
    assert.equal((await send(stack.url + chat.path, { key: 'sk-tpm', body })).status, 502);
    assert.equal(await left(stack), 5_000 - Math.ceil(body.length / 4) - 400);
  },
);

test(
  'a refused request takes nothing of any limit, and invalid requests take nothing at all',
  bounded,
  async (t) => {
    const both = { both: { limits: { rpm: 2, tpm: 3_000 } } };
    const stack = await startStack(t, { keys: both, clock: createManualClock(EVENING) });
    const { url } = stack;
    const key = 'sk-both';
    await send(url + chat.path, { key, body: '{' });
    await send(url + chat.path, { key, body: chat.body('x'.repeat(20_000)) });
    await send(url + chat.path, { key, body: chat.body('hi', { model: 'gpt-none' }) });
    const answer = await ask(stack, chat, 'both');
    assert.equal(answer.headers['x-ratelimit-remaining-requests'], '1');
  },
);
