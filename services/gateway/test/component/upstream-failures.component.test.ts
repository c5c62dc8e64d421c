import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startStack, type Stack } from './stack.ts';
import { chat, dialectCases, json, messages, send, type Answered, type DialectCase } from './client.ts';

const bounded = { timeout: 60_000 };

interface Failure {
  readonly status: number;
  readonly code: string | null;
  readonly outcome: string;
  readonly message: string;
  /** `gateway_error` when absent. */
  readonly openAiType?: string;
  readonly anthropicType: string;
  /** The status for the Messages API when it is another one. */
  readonly anthropicStatus?: number;
  readonly param?: string | null;
  /** Members that the OpenAI error has besides. */
  readonly extra?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string | undefined>>;
}

function assertFailure(dialect: DialectCase, answer: Answered, failure: Failure): void {
  const { code, message, openAiType = 'gateway_error', param = null, extra } = failure;
  const details = code === null ? {} : { details: { error_code: code } };
  const body =
    dialect === messages
      ? {
          type: 'error',
          error: { type: failure.anthropicType, message, ...details },
          request_id: answer.headers['x-request-id'],
        }
      : { error: { message, type: openAiType, param, code, ...extra } };
  const status = dialect === messages ? (failure.anthropicStatus ?? failure.status) : failure.status;
  assert.deepEqual([answer.status, json(answer)], [status, body]);
  const told = {
    'content-type': 'application/json; charset=utf-8',
    'x-gateway-outcome': failure.outcome,
    'retry-after': undefined,
    'x-should-retry': undefined,
    'cache-control': undefined,
    ...failure.headers,
  };
  const names = Object.keys(told);
  assert.deepEqual(Object.fromEntries(names.map((name) => [name, answer.headers[name]])), told);
}

const overload: Failure = {
  status: 503,
  anthropicStatus: 529,
  code: 'server_is_overloaded',
  outcome: 'overloaded',
  message: 'Our servers are currently overloaded. Please try again later.',
  anthropicType: 'overloaded_error',
  headers: { 'retry-after': '5' },
};

const brokenOff = (message: string): Failure => ({
  status: 502,
  code: 'upstream_error',
  outcome: 'upstream_error',
  message,
  anthropicType: 'api_error',
});

const noLogin = {
  status: 503,
  code: 'oauth_unavailable',
  outcome: 'oauth_unavailable',
  anthropicType: 'api_error',
} as const;

const accepted = 'oauth token unavailable, run auth login: the upstream accepts no account';

/** What the upstream does, how often it is asked, and what every client is told before any output. */
const rows: readonly (readonly [directive: string, calls: number, failure: Failure])[] = [
  ['overload after=2', 2, overload],
  ['overload code=slow_down after=2', 2, { ...overload, message: 'Please slow down and try again later.' }],
  ['status 503 kind=overloaded', 2, overload],
  ['status 401', 2, { ...noLogin, message: accepted }],
  ['status 402', 1, { ...noLogin, message: accepted }],
  ['status 403 kind=cloudflare', 1, { ...noLogin, message: accepted }],
  ['status 429 kind=usage_not_included', 1, { ...noLogin, message: accepted }],
  ['status 500', 1, brokenOff('The upstream answered with status 500.')],
  ['status 502 kind=html', 1, brokenOff('The upstream answered with status 502.')],
  ['status 504 kind=html', 1, brokenOff('The upstream answered with status 504.')],
  ['cut after=0', 1, brokenOff('The upstream broke off before it answered.')],
  ['cut after=1', 1, brokenOff('The upstream broke off before it answered.')],
  ['cut after=2', 1, brokenOff('The upstream broke off before it answered.')],
  ['cut after=2 how=reset', 1, brokenOff('The upstream broke off its answer.')],
  ['fail after=2', 1, brokenOff('An error occurred while processing your request.')],
  ['error after=2', 1, brokenOff('An error occurred while processing your request.')],
];

/** The calls of the backend since the last reset. */
function calls({ simulator }: Stack): number {
  return simulator.control.journal().counts.responses;
}

test(
  'a failure before any output is a real status, in each dialect, also for a stream',
  bounded,
  async (t) => {
    for (const [directive, expectedCalls, failure] of rows) {
      await t.test(directive, async (sub) => {
        const stack = await startStack(sub);
        const asks = dialectCases.flatMap((dialect) => [false, true].map((stream) => ({ dialect, stream })));
        await Promise.all(
          asks.map(async ({ dialect, stream }) => {
            const body = dialect.body(`[[sim: ${directive}]]`, { stream });
            assertFailure(dialect, await send(stack.url + dialect.path, { body }), failure);
          }),
        );
        assert.equal(calls(stack), expectedCalls * asks.length);
      });
    }
  },
);

test(
  'a connection that is reset before an answer is told as such, and never tried again',
  bounded,
  async (t) => {
    const stack = await startStack(t);
    for (const dialect of dialectCases) {
      const answer = await send(stack.url + dialect.path, {
        body: dialect.body('[[sim: drop]]', { stream: true }),
      });
      assert.deepEqual([answer.status, answer.headers['x-gateway-outcome']], [502, 'upstream_unavailable']);
      assert.match(answer.text, /"The upstream cannot be reached \([A-Z_]+\)\."/);
    }
    assert.equal(calls(stack), dialectCases.length);
  },
);

test('what heals is not seen by the client, only counted', bounded, async (t) => {
  const stack = await startStack(t);
  const { control } = stack.simulator;
  const heals: readonly (readonly [directive: string, reason: string])[] = [
    ['status 401', 'fresh_token'],
    ['overload after=2', 'pause'],
    ['status 503 kind=slow_down', 'pause'],
  ];
  for (const [directive] of heals) {
    control.reset();
    control.nextResponses(directive, 1);
    const answer = await send(stack.url + chat.path, { body: chat.body('Say exactly: healed') });
    assert.deepEqual([answer.status, calls(stack)], [200, 2], directive);
  }
  const { text } = await send(`${stack.opsUrl}/metrics`);
  const lines = text.split('\n').filter((line) => line.startsWith('codex_gateway_upstream_'));
  assert.deepEqual(
    new Set(lines),
    new Set([
      'codex_gateway_upstream_requests_total{code="200"} 4',
      'codex_gateway_upstream_requests_total{code="401"} 1',
      'codex_gateway_upstream_requests_total{code="503"} 1',
      'codex_gateway_upstream_retries_total{reason="fresh_token"} 1',
      'codex_gateway_upstream_retries_total{reason="pause"} 2',
    ]),
  );
});

test('a token that the backend refuses is refreshed once, and the request is served', bounded, async (t) => {
  const stack = await startStack(t);
  const { control } = stack.simulator;
  await send(stack.url + chat.path, { body: chat.body('hi') });
  control.revokeAccessTokens();
  const answer = await send(stack.url + chat.path, { body: chat.body('Say exactly: fresh') });
  assert.equal(answer.status, 200, answer.text);
  const { counts, refreshes, violations } = control.journal();
  assert.deepEqual([counts.responses, refreshes.calls, violations], [3, 1, []]);
});

test('a login that is over is told with what to do, by the words of the broker', bounded, async (t) => {
  const stack = await startStack(t);
  const { control } = stack.simulator;
  await send(stack.url + chat.path, { body: chat.body('hi') });
  control.revokeGrants('acct_default');
  control.revokeAccessTokens();
  for (const dialect of dialectCases) {
    const answer = await send(stack.url + dialect.path, { body: dialect.body('hi') });
    assert.deepEqual(
      [answer.status, answer.headers['x-gateway-outcome']],
      [503, 'oauth_unavailable'],
      answer.text,
    );
    assert.match(answer.text, /the login was revoked: sign in with/);
  }
  assert.equal(control.journal().refreshes.calls, 1);
  assert.equal((await send(`${stack.url}/ready`)).status, 200); // it had a token once
});

for (const directive of ['status 429 kind=usage_limit', 'error code=usage_limit_reached after=2']) {
  test(`after ${directive} nobody is asked until the window opens`, bounded, async (t) => {
    const stack = await startStack(t);
    stack.simulator.control.nextResponses(directive, 10);
    for (const dialect of dialectCases) {
      for (const stream of [false, true]) {
        const answer = await send(stack.url + dialect.path, { body: dialect.body('hi', { stream }) });
        const { error } = json(answer) as { error: Record<string, unknown> }; // compared below
        assert.deepEqual([answer.status, answer.headers['x-gateway-outcome']], [429, 'usage_limit']);
        assert.deepEqual([answer.headers['retry-after'], answer.headers['x-should-retry']], ['60', 'false']);
        assert.match(String(error['message']), /^The usage limit has been reached/);
        if (dialect !== messages)
          assert.deepEqual([error['type'], error['plan_type']], ['usage_limit_reached', 'plus']);
      }
    }
    assert.equal(calls(stack), 1);
  });
}

test('a usage limit tells when it ends, in a member and in words', bounded, async (t) => {
  const stack = await startStack(t);
  stack.simulator.control.nextResponses('status 429 kind=usage_limit');
  const answer = await send(stack.url + chat.path, { body: chat.body('hi') });
  const { error } = json(answer) as { error: { resets_at: number; message: string } }; // compared below
  assert.ok(Number.isInteger(error.resets_at));
  assert.equal(
    error.message,
    `The usage limit has been reached. Resets at ${new Date(error.resets_at * 1000).toISOString()}.`,
  );
});

test(
  'with two accounts the other one serves when the first is used up or not accepted',
  bounded,
  async (t) => {
    const stack = await startStack(t, { accounts: ['first', 'second'] });
    const { control } = stack.simulator;
    const served = (): readonly unknown[] =>
      control
        .journal()
        .requests.filter(({ endpoint }) => endpoint === 'responses')
        .map(({ headers }) => headers['chatgpt-account-id']);
    for (const [directive, accounts] of [
      ['status 403 kind=cloudflare', ['acct_first', 'acct_second']],
      ['status 429 kind=usage_limit', ['acct_first', 'acct_second']],
      [null, ['acct_second']], // the first one rests from now on
    ] as const) {
      control.reset();
      if (directive !== null) control.nextResponses(directive, 1);
      const answer = await send(stack.url + chat.path, { body: chat.body('hi') });
      assert.deepEqual([answer.status, served()], [200, accounts], directive ?? 'nothing');
    }
  },
);

for (const [directive, status] of [
  ['status 429 kind=plain retry_after=30', 429],
  ['error code=usage_limit_reached after=20', 200], // the client has seen half an answer
] as const) {
  test(`after ${directive} the next request goes to the other account`, bounded, async (t) => {
    const stack = await startStack(t, { accounts: ['first', 'second'] });
    const { control } = stack.simulator;
    const prompt = `[[sim: ${directive} times=1]] Tell me about rain in many words.`;
    const failed = await send(stack.url + chat.path, { body: chat.body(prompt, { stream: true }) });
    assert.equal(failed.status, status, failed.text);
    assert.equal((await send(stack.url + chat.path, { body: chat.body('hi') })).status, 200);
    const served = control.journal().requests.filter(({ endpoint }) => endpoint === 'responses');
    assert.deepEqual(
      served.map(({ headers }) => headers['chatgpt-account-id']),
      ['acct_first', 'acct_second'],
    );
  });
}

const refused = { outcome: 'upstream_refused', openAiType: 'invalid_request_error' } as const;

const handedOn: readonly (readonly [directive: string, failure: Failure])[] = [
  [
    'status 429 kind=plain',
    {
      ...refused,
      status: 429,
      code: null,
      message: 'Too many requests',
      anthropicType: 'rate_limit_error',
      headers: { 'retry-after': '1' },
    },
  ],
  [
    'status 429 kind=plain retry_after=7',
    {
      ...refused,
      status: 429,
      code: null,
      message: 'Too many requests',
      anthropicType: 'rate_limit_error',
      headers: { 'retry-after': '7' },
    },
  ],
  [
    'status 404 kind=model',
    {
      status: 404,
      code: 'model_not_found',
      param: 'model',
      outcome: 'client_error',
      message: 'Model not found',
      openAiType: 'invalid_request_error',
      anthropicType: 'not_found_error',
    },
  ],
];

test('a refusal by the backend is told as it is, in the envelope of the client', bounded, async (t) => {
  const stack = await startStack(t);
  for (const [directive, failure] of handedOn) {
    for (const dialect of dialectCases) {
      const answer = await send(stack.url + dialect.path, { body: dialect.body(`[[sim: ${directive}]]`) });
      assertFailure(dialect, answer, failure);
    }
  }
});

test(
  'silence of the upstream is a timeout: before the head a status, after it an ending',
  bounded,
  async (t) => {
    const stack = await startStack(t, { environment: { UPSTREAM_IDLE_TIMEOUT_SECONDS: '1' } });
    const timeout: Failure = {
      status: 504,
      code: 'upstream_timeout',
      outcome: 'timeout',
      message: 'The upstream did not answer in time.',
      anthropicType: 'timeout_error',
    };
    const went: Failure = { ...timeout, message: 'The upstream went silent.' };
    const asks = dialectCases.flatMap((dialect) =>
      [true, false].flatMap((stream) => [
        { dialect, stream, directive: 'hang', failure: timeout },
        { dialect, stream, directive: 'stall after=2', failure: went },
      ]),
    );
    await Promise.all(
      asks.map(async ({ dialect, stream, directive, failure }) => {
        const answer = await send(stack.url + dialect.path, {
          body: dialect.body(`[[sim: ${directive}]]`, { stream }),
        });
        assertFailure(dialect, answer, failure);
      }),
    );
    assert.equal(calls(stack), asks.length);
  },
);

test("a refusal carries the upstream's own id of the request", bounded, async (t) => {
  const { url } = await startStack(t);
  for (const directive of ['fail code=invalid_prompt', 'status 400']) {
    const answer = await send(url + chat.path, { body: chat.body(`[[sim: ${directive}]]`) });
    assert.equal(answer.status, 400, answer.text);
    assert.match(String(answer.headers['x-upstream-request-id']), /^req_/, directive);
  }
});
