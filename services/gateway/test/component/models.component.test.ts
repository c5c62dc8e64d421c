import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createManualClock } from '@codex-gateway/testkit/manual-clock.ts';
import { startStack, type Stack } from './stack.ts';
import { json, send } from './client.ts';

const bounded = { timeout: 60_000 };

interface Listing {
  readonly object: string;
  readonly data: readonly { readonly id: string }[];
  readonly has_more: boolean;
  readonly first_id: string | null;
  readonly last_id: string | null;
}

async function listing(stack: Stack, query = '', key?: string): Promise<Listing> {
  const answer = await send(`${stack.url}/v1/models${query}`, { ...(key !== undefined && { key }) });
  assert.equal(answer.status, 200, answer.text);
  return json(answer) as Listing; // what the tests are about
}

function ids({ data }: Listing): readonly string[] {
  return data.map(({ id }) => id);
}

function asked({ simulator }: Stack): number {
  return simulator.control.journal().counts.models;
}

test('the list is that of the backend, best first, asked for once', bounded, async (t) => {
  const stack = await startStack(t);
  const first = await listing(stack);
  assert.deepEqual(
    [first.object, first.has_more, first.first_id, first.last_id],
    ['list', false, ids(first)[0], ids(first).at(-1)],
  );
  assert.ok(ids(first).includes('gpt-5.5') && ids(first).length > 3);
  for (const path of ['/models', '/v1/v1/models']) {
    const same = await send(stack.url + path);
    assert.deepEqual(json(same), first);
  }
  assert.equal(asked(stack), 1);
});

test(
  'the backend is asked at the start: the first request is to know what its model can do',
  bounded,
  async (t) => {
    const { simulator } = await startStack(t);
    const { requests } = await simulator.control.until((journal) => journal.requests[0]?.status === 200);
    assert.deepEqual(
      requests.map(({ endpoint }) => endpoint),
      ['models'],
    );
  },
);

test('a list is cut into pages', bounded, async (t) => {
  const stack = await startStack(t);
  const all = ids(await listing(stack));
  const first = await listing(stack, '?limit=2');
  assert.deepEqual([ids(first), first.has_more], [all.slice(0, 2), true]);
  const second = await listing(stack, `?limit=2&after_id=${first.last_id}`);
  assert.deepEqual(ids(second), all.slice(2, 4));
  const rest = await listing(stack, `?after_id=${all.at(-2)}`);
  assert.deepEqual([ids(rest), rest.has_more], [all.slice(-1), false]);
  const before = await listing(stack, `?limit=2&before_id=${second.first_id}`);
  assert.deepEqual([ids(before), before.has_more], [all.slice(0, 2), false]);
  assert.deepEqual(ids(await listing(stack, '?lifecycle[]=retired')), []);
  const refused = await send(`${stack.url}/v1/models?limit=0`);
  const message = "Invalid value for 'limit': must be a whole number from 1 to 1000.";
  assert.deepEqual(
    [refused.status, json(refused)],
    [400, { error: { message, type: 'invalid_request_error', param: 'limit', code: 'invalid_request' } }],
  );
});

test('a key sees only the models that it may use', bounded, async (t) => {
  const keys = { narrow: { models: { allow: ['gpt-5.5'] } }, none: { models: { deny: ['*'] } } };
  const stack = await startStack(t, { keys });
  assert.deepEqual(ids(await listing(stack, '', 'sk-narrow')), ['gpt-5.5']);
  const nothing = await listing(stack, '', 'sk-none');
  assert.deepEqual([nothing.data, nothing.first_id, nothing.last_id], [[], null, null]);
  const other = await send(`${stack.url}/v1/models/gpt-6-sol`, { key: 'sk-narrow' });
  assert.equal(other.status, 404);
});

test('one model answers to its names, and is called as it was asked for', bounded, async (t) => {
  const stack = await startStack(t);
  const listed = (await listing(stack)).data.find(({ id }) => id === 'gpt-5.5');
  for (const id of ['gpt-5.5', 'openai/gpt-5.5', 'claude-gpt-5.5']) {
    const answer = await send(`${stack.url}/v1/models/${id}`);
    assert.deepEqual([answer.status, json(answer)], [200, { ...listed, id }]);
  }
  const escaped = await send(`${stack.url}/v1/models/openai%2Fgpt-5.5`);
  assert.deepEqual(json(escaped), { ...listed, id: 'openai/gpt-5.5' });
});

test('a model that is not there is not found, in the envelope of who asks', bounded, async (t) => {
  const { url } = await startStack(t);
  const message = "The model 'gpt-none' does not exist.";
  const answer = await send(`${url}/v1/models/gpt-none`);
  assert.deepEqual(
    [answer.status, json(answer)],
    [404, { error: { message, type: 'invalid_request_error', param: 'model', code: 'model_not_found' } }],
  );
  const claude = await send(`${url}/v1/models/gpt-none`, { headers: { 'anthropic-version': '2023-06-01' } });
  const details = { error_code: 'model_not_found' };
  assert.deepEqual(json(claude), {
    type: 'error',
    error: { type: 'not_found_error', message, details },
    request_id: claude.headers['request-id'],
  });
});

test('a Codex client gets the entries of the backend as they are', bounded, async (t) => {
  const stack = await startStack(t);
  const answer = await send(`${stack.url}/v1/models?client_version=0.169.0`);
  const { models } = json(answer) as { models: readonly Record<string, unknown>[] }; // compared below
  assert.deepEqual(
    models.map(({ slug }) => slug),
    ids(await listing(stack)),
  );
  for (const entry of models)
    for (const member of ['supported_reasoning_levels', 'context_window', 'base_instructions', 'shell_type'])
      assert.ok(member in entry, `${String(entry['slug'])} has no ${member}`);
});

test(
  'the list is asked for again when its time is over, and the last one serves while that takes long',
  bounded,
  async (t) => {
    const clock = createManualClock();
    const stack = await startStack(t, { clock });
    const { control } = stack.simulator;
    const first = await listing(stack);
    clock.advance(299_000);
    await listing(stack);
    assert.equal(asked(stack), 1);
    clock.advance(1_000);
    assert.deepEqual(await listing(stack), first);
    const second = control.journal().requests.findLast(({ endpoint }) => endpoint === 'models');
    assert.deepEqual([asked(stack), second?.status], [2, 304]);
    assert.ok(second?.headers['if-none-match']);
  },
);

test('refresh=true asks the backend now, but not twice in five seconds', bounded, async (t) => {
  const clock = createManualClock();
  const stack = await startStack(t, { clock });
  await listing(stack);
  await listing(stack, '?refresh=true');
  assert.equal(asked(stack), 1);
  clock.advance(5_000);
  await Promise.all(Array.from({ length: 20 }, () => listing(stack, '?refresh=true')));
  assert.equal(asked(stack), 2);
  await listing(stack, '?refresh=yes');
  assert.equal(asked(stack), 2);
});

for (const directive of ['status 500', 'status 503', 'drop', 'status 401', 'status 403']) {
  test(`while the backend answers with ${directive} the last list serves`, bounded, async (t) => {
    const clock = createManualClock();
    const stack = await startStack(t, { clock });
    const first = await listing(stack);
    stack.simulator.control.nextModels(directive, 100);
    clock.advance(3_600_000);
    assert.deepEqual(await listing(stack), first);
    assert.deepEqual(await listing(stack, '?refresh=true'), first);
  });
}

test(
  'without any list the built-in one serves; only refresh=true says that the backend is away',
  bounded,
  async (t) => {
    const stack = await startStack(t);
    stack.simulator.control.nextModels('status 500', 100);
    const builtIn = ids(await listing(stack));
    assert.ok(builtIn.includes('gpt-5.5'));
    const answer = await send(`${stack.url}/v1/models?refresh=true`);
    assert.deepEqual(
      [answer.status, json(answer)],
      [
        502,
        {
          error: {
            message: 'The upstream answered with status 500.',
            type: 'gateway_error',
            param: null,
            code: 'upstream_error',
          },
        },
      ],
    );
    assert.equal(answer.headers['x-gateway-outcome'], 'upstream_error');
  },
);

test('without a broker refresh=true says so', bounded, async (t) => {
  const stack = await startStack(t, { environment: { BROKER_URL: 'http://127.0.0.1:1' } });
  const answer = await send(`${stack.url}/v1/models?refresh=true`);
  assert.deepEqual(
    [answer.status, json(answer)],
    [
      503,
      {
        error: {
          message: 'the token broker cannot be reached (ECONNREFUSED): check BROKER_URL and that it runs',
          type: 'gateway_error',
          param: null,
          code: 'oauth_unavailable',
        },
      },
    ],
  );
});

test('models need a key', bounded, async (t) => {
  const { url } = await startStack(t);
  for (const path of ['/v1/models', '/models/gpt-5.5'])
    assert.equal((await send(url + path, { key: null })).status, 401);
});
