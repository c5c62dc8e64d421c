import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { createManualClock } from '@codex-gateway/testkit/manual-clock.ts';
import { stackBefore } from './byte-upstream.ts';
import { json, messages, send } from './client.ts';
import { startStack, type Stack, type StackOptions } from './stack.ts';

const bounded = { timeout: 60_000 };
const anthropic = { 'anthropic-version': '2023-06-01' };

interface Listing {
  readonly data: readonly { readonly id: string }[];
}

function start(t: TestContext, options: StackOptions = {}): Promise<Stack> {
  return startStack(t, { ...options, mode: 'openai_api' });
}

async function idsOf(stack: Stack, ask: Parameters<typeof send>[1] = {}): Promise<readonly string[]> {
  const answer = await send(`${stack.url}/v1/models`, ask);
  assert.equal(answer.status, 200, answer.text);
  return (json(answer) as Listing).data.map(({ id }) => id); // what the tests are about
}

test("the list is the upstream's, its objects with what both SDK families read", bounded, async (t) => {
  const stack = await start(t);
  const own = await fetch(`${stack.simulator.openaiUrl}/models`, {
    headers: { authorization: 'Bearer sk-upstream-key-canary' },
  });
  const { data } = (await own.json()) as {
    readonly data: readonly { readonly id: string; readonly created: number }[];
  }; // as documented
  const answer = json(await send(`${stack.url}/v1/models`));
  assert.deepEqual(answer, {
    object: 'list',
    data: data.map((model) => ({
      type: 'model',
      display_name: model.id,
      created_at: new Date(model.created * 1000).toISOString(),
      lifecycle: 'active',
      line: null,
      max_input_tokens: null,
      max_tokens: null,
      capabilities: null,
      deprecated_at: null,
      retires_at: null,
      ...model,
    })),
    has_more: false,
    first_id: data[0]?.id,
    last_id: data.at(-1)?.id,
  });
  const one = await send(`${stack.url}/v1/models/openai/gpt-4.1`);
  assert.deepEqual(
    [one.status, (json(one) as { readonly id: string }).id], // as documented
    [200, 'openai/gpt-4.1'],
  );
});

test(
  'a key sees its own models, and Anthropic clients find all of them under names that they show',
  bounded,
  async (t) => {
    const stack = await start(t, { keys: { narrow: { models: { allow: ['gpt-4.1*'] } } } });
    const ids = await idsOf(stack, { key: 'sk-narrow' });
    assert.deepEqual(ids, ['gpt-4.1', 'gpt-4.1-2025-04-14']);
    assert.deepEqual(await idsOf(stack, { key: 'sk-narrow', headers: anthropic }), [
      ...ids,
      ...ids.map((id) => `claude-${id}`),
    ]);
    const body = messages.body('Say exactly: It works.', { model: 'claude-gpt-4.1' });
    assert.equal((await send(stack.url + messages.path, { key: 'sk-narrow', body })).status, 200);
  },
);

test('a list that was never had is an error, with or without being asked for anew', bounded, async (t) => {
  const { stack } = await stackBefore(t, () => {}, { mode: 'openai_api' });
  for (const path of ['/v1/models', '/v1/models?refresh=true', '/v1/models/gpt-5.5']) {
    const answer = await send(stack.url + path);
    assert.deepEqual([answer.status, answer.headers['x-gateway-outcome']], [502, 'upstream_error']);
  }
});

test('while the upstream is away a copy of its list serves for a day', bounded, async (t) => {
  const clock = createManualClock(Date.now());
  const stack = await start(t, { clock });
  const ids = await idsOf(stack);
  stack.simulator.control.nextModels('status 500', 100);
  clock.advance(23 * 3_600_000);
  assert.deepEqual(await idsOf(stack), ids);
  clock.advance(3_600_000);
  assert.equal((await send(`${stack.url}/v1/models`)).status, 502);
});

test(
  'a list that is refused says what the operator must do, in the dialect of who asks',
  bounded,
  async (t) => {
    const stack = await start(t, { environment: { OPENAI_API_KEY: 'sk-wrong' } });
    const answer = await send(`${stack.url}/v1/models`, { headers: anthropic });
    assert.deepEqual(
      [answer.status, (json(answer) as { readonly error: object }).error], // as documented
      [
        503,
        {
          type: 'api_error',
          message:
            'The OpenAI API refuses the key of this gateway: check OPENAI_API_KEY, its project and its billing.',
          details: { error_code: 'oauth_unavailable' },
        },
      ],
    );
  },
);
