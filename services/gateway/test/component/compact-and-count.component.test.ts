import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startStack } from './stack.ts';
import { json, send } from './client.ts';

const bounded = { timeout: 60_000 };

const conversation = [
  { role: 'user', content: 'We launch on Tuesday.' },
  { role: 'assistant', content: 'Understood.' },
  { role: 'user', content: [{ type: 'input_text', text: 'Tell support first.' }] },
];

const keys = {
  open: {},
  narrow: { models: { allow: ['gpt-6*'] } },
  metered: { limits: { rpm: 1, tpm: 100_000 } },
};

interface Compacted {
  readonly id: string;
  readonly object: string;
  readonly created_at: number;
  readonly output: readonly Readonly<Record<string, unknown>>[];
  readonly usage: Readonly<Record<string, unknown>>;
}

test('a conversation is compacted, and goes on from what came of it', bounded, async (t) => {
  const stack = await startStack(t);
  for (const base of ['/v1', '']) {
    const url = `${stack.url}${base}/responses`;
    const answer = await send(`${url}/compact`, {
      body: { model: 'gpt-5.5', input: conversation, stream: true },
    });
    assert.equal(answer.status, 200, answer.text);
    const { id, object, created_at, output, usage } = json(answer) as Compacted; // judged right here
    const seed = id.replace('resp_', '');
    assert.deepEqual(
      [object, typeof created_at, usage['total_tokens'] !== 0],
      ['response.compaction', 'number', true],
    );
    const [first, second, compaction, ...more] = output;
    assert.deepEqual(
      [first, second, more],
      [
        {
          id: `msg_${seed}_0`,
          type: 'message',
          role: 'user',
          content: [{ type: 'input_text', text: 'We launch on Tuesday.' }],
          status: 'completed',
        },
        {
          id: `msg_${seed}_1`,
          type: 'message',
          role: 'user',
          content: [{ type: 'input_text', text: 'Tell support first.' }],
          status: 'completed',
        },
        [],
      ],
    );
    assert.deepEqual(Object.keys(compaction ?? {}), ['id', 'type', 'encrypted_content']);

    const next = [...output, { role: 'user', content: 'Say exactly: on we go' }];
    const after = await send(url, { body: { model: 'gpt-5.5', input: next } });
    assert.equal(after.status, 200, after.text);
    assert.match(after.text, /on we go/);
  }
});

test('the upstream gets an ordinary request that ends with a trigger', bounded, async (t) => {
  const stack = await startStack(t);
  await send(`${stack.url}/v1/responses/compact`, {
    body: {
      model: 'gpt-5.5',
      input: 'We launch on Tuesday.',
      instructions: 'Be brief.',
      prompt_cache_key: 'k',
    },
  });
  const sent = stack.simulator.control
    .journal()
    .requests.find(({ endpoint }) => endpoint === 'responses')?.body;
  const { instructions, input, stream } = sent as Readonly<Record<string, unknown>>; // the gateway sends nothing but objects
  assert.deepEqual(
    { instructions, input, stream },
    {
      instructions: 'Be brief.',
      input: [
        { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'We launch on Tuesday.' }] },
        { type: 'compaction_trigger' },
      ],
      stream: true,
    },
  );
});

interface Row {
  readonly what: string;
  readonly body: object;
  readonly status: number;
  readonly param: string;
  /** `sk-open` when absent. */
  readonly key?: string;
}

const refused: readonly Row[] = [
  { what: 'no input', body: { model: 'gpt-5.5' }, status: 400, param: 'input' },
  { what: 'an empty input', body: { model: 'gpt-5.5', input: [] }, status: 400, param: 'input' },
  { what: 'an input of another type', body: { model: 'gpt-5.5', input: 5 }, status: 400, param: 'input' },
  { what: 'an item that is none', body: { model: 'gpt-5.5', input: [5] }, status: 400, param: 'input[0]' },
  { what: 'an unknown model', body: { model: 'gpt-1', input: 'hi' }, status: 404, param: 'model' },
  {
    what: 'a model that is not allowed',
    body: { model: 'gpt-5.5', input: 'hi' },
    status: 403,
    param: 'model',
    key: 'sk-narrow',
  },
];

test('what no request may say is refused here too', bounded, async (t) => {
  const stack = await startStack(t, { keys });
  const judge = async (path: string, { what, body, status, param, key = 'sk-open' }: Row) => {
    const answer = await send(`${stack.url}/v1/responses/${path}`, { key, body });
    const { error } = json(answer) as { readonly error: { readonly param: unknown } }; // as documented
    assert.deepEqual([answer.status, error.param], [status, param], `${path}, ${what}: ${answer.text}`);
  };
  for (const row of refused) for (const path of ['compact', 'input_tokens']) await judge(path, row);
  // a count needs no model, a compaction does
  await judge('compact', { what: 'no model', body: { input: conversation }, status: 400, param: 'model' });
});

test('an upstream that does not compact gives no compaction', bounded, async (t) => {
  const stack = await startStack(t);
  stack.simulator.control.nextScript([
    { type: 'response.created', response: { id: 'resp_1' } },
    { type: 'response.completed', response: { id: 'resp_1', output: [] } },
  ]);
  const answer = await send(`${stack.url}/v1/responses/compact`, { body: { model: 'gpt-5.5', input: 'hi' } });
  assert.deepEqual([answer.status, answer.headers['x-gateway-outcome']], [502, 'upstream_error']);
});

async function countOf(url: string, body: object): Promise<number> {
  const answer = await send(`${url}/v1/responses/input_tokens`, { body });
  const { object, input_tokens: count } = json(answer) as {
    readonly object: unknown;
    readonly input_tokens: number;
  }; // judged right here
  assert.deepEqual(
    [answer.status, object, Number.isInteger(count)],
    [200, 'response.input_tokens', true],
    answer.text,
  );
  return count;
}

test('tokens are counted as the models count them, without asking the upstream', bounded, async (t) => {
  const stack = await startStack(t);
  const body = { model: 'gpt-5.5', instructions: 'Be brief.', input: 'Hello' };
  const little = await countOf(stack.url, body);
  const much = await countOf(stack.url, { ...body, input: 'Hello'.padEnd(5 * 1_001, ' word') });
  assert.equal(much - little, 1_000);
  const tools = [{ type: 'function', name: 'get_weather', parameters: { type: 'object', properties: {} } }];
  assert.ok((await countOf(stack.url, { ...body, tools })) > little);
  assert.equal(await countOf(stack.url, { input: 'Hello', instructions: 'Be brief.' }), little);
  assert.equal(stack.simulator.control.journal().counts.responses, 0);
});

function image(bytes: number): object {
  const image_url = `data:image/png;base64,${'A'.repeat(bytes)}`;
  return { model: 'gpt-5.5', input: [{ role: 'user', content: [{ type: 'input_image', image_url }] }] };
}

test('an image counts as an image, whatever its bytes', bounded, async (t) => {
  const stack = await startStack(t);
  assert.equal(await countOf(stack.url, image(40)), await countOf(stack.url, image(400_000)));
});

test('a conversation that is remembered is compacted and counted by its id', bounded, async (t) => {
  const stack = await startStack(t);
  const first = await send(`${stack.url}/v1/responses`, {
    body: { model: 'gpt-5.5', input: 'Say exactly: hello' },
  });
  const { id } = json(first) as { readonly id: string }; // as documented
  const more = { model: 'gpt-5.5', previous_response_id: id };
  assert.ok(
    (await countOf(stack.url, { ...more, input: 'On.' })) > (await countOf(stack.url, { input: 'On.' })),
  );
  const compact = await send(`${stack.url}/v1/responses/compact`, { body: more });
  const { id: compactId, output } = json(compact) as Compacted; // judged right here
  assert.deepEqual(
    output.map(({ type, role }) => role ?? type),
    ['user', 'compaction'],
  );
  const unknown = await send(`${stack.url}/v1/responses`, {
    body: { model: 'gpt-5.5', previous_response_id: compactId, input: 'On.' },
  });
  assert.equal(unknown.status, 400); // what was compacted goes on from its items, as at the API
});

test('a count is no request: it is charged nothing and is in no metric of requests', bounded, async (t) => {
  const stack = await startStack(t, { keys });
  const url = `${stack.url}/v1/responses/input_tokens`;
  const body = { model: 'gpt-5.5', input: 'hi' };
  for (let turn = 0; turn < 3; turn++) {
    const { status, headers } = await send(url, { key: 'sk-metered', body });
    assert.deepEqual([status, headers['x-ratelimit-limit-requests']], [200, undefined]);
  }
  const { text } = await send(`${stack.opsUrl}/metrics`, { key: null });
  assert.doesNotMatch(text, /^codex_gateway_requests_total\{/m);
  const compact = await send(`${stack.url}/v1/responses/compact`, { key: 'sk-metered', body });
  assert.deepEqual([compact.status, compact.headers['x-ratelimit-remaining-requests']], [200, '0']);
});

test('the paths of a dialect take nothing but POST, and only with a key', bounded, async (t) => {
  const stack = await startStack(t);
  for (const path of ['compact', 'input_tokens']) {
    const url = `${stack.url}/v1/responses/${path}`;
    const wrong = await send(url, { method: 'GET' });
    assert.deepEqual([wrong.status, wrong.headers.allow], [405, 'POST']);
    assert.equal((await send(url, { key: null, body: { model: 'gpt-5.5', input: 'hi' } })).status, 401);
  }
});
