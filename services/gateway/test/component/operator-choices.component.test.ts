import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { startStack, type Stack } from './stack.ts';
import { chat, dialectCases, json, messages, responses, send } from './client.ts';

const bounded = { timeout: 60_000 };

const file = `
models:
  gpt-5.6-sol: { pinnedEffort: low }
  gpt-5.6-luna: { listed: false }
aliases: { "o4*": gpt-5.5 }
presets:
  terse: { effort: low, verbosity: low, instructions: Be brief. }
extraModels: [gpt-7-preview]
chat: { reasoning: reasoning }
emulate: { stop: false }
`;

function stackWith(t: TestContext, text: string): Promise<Stack> {
  const folder = mkdtempSync(join(tmpdir(), 'gateway-choices-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'config.yaml');
  writeFileSync(path, text);
  return startStack(t, { environment: { CONFIG_FILE: path } });
}

/** What the upstream was last asked. */
function asked({ simulator }: Stack): Readonly<Record<string, unknown>> {
  const { body } =
    simulator.control.journal().requests.findLast(({ path }) => path.endsWith('/responses')) ?? {};
  return body as Record<string, unknown>; // the gateway sends nothing but objects
}

async function idsOf(url: string, headers: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const { data } = json(await send(url, { headers })) as {
    readonly data: readonly { readonly id: string }[];
  }; // as documented
  return data.map(({ id }) => id);
}

for (const dialect of dialectCases) {
  test(
    `${dialect.name}: what the operator has chosen for a name reaches the upstream`,
    bounded,
    async (t) => {
      const stack = await stackWith(t, file);
      const url = `${stack.url}${dialect.path}`;

      const preset = await send(url, {
        body: dialect.body('Say exactly: hello', { model: 'o4-mini@terse' }),
      });
      assert.equal(preset.status, 200, preset.text);
      assert.equal((json(preset) as { readonly model: unknown }).model, 'o4-mini@terse'); // as documented
      const { model, instructions, reasoning, text } = asked(stack);
      assert.deepEqual(
        { model, instructions, effort: (reasoning as { readonly effort?: unknown }).effort, text }, // of the gateway
        { model: 'gpt-5.5', instructions: 'Be brief.', effort: 'low', text: { verbosity: 'low' } },
      );

      const pinned = await send(url, {
        body: dialect.body('Say exactly: hello', { model: 'gpt-5.6-sol-high' }),
      });
      assert.equal(pinned.status, 200, pinned.text);
      assert.match(String(pinned.headers['x-gateway-warnings']), /\bpinned=[a-z._]+$/);
      assert.equal((asked(stack)['reasoning'] as { readonly effort?: unknown }).effort, 'low'); // of the gateway

      const unknown = await send(url, { body: dialect.body('hi', { model: 'gpt-5.5@slow' }) });
      assert.equal(unknown.status, 400);
      assert.match(unknown.text, /there is no preset 'slow'; the presets are terse\./);
    },
  );
}

test(
  'the lists show what the operator shows, and Anthropic clients find every model by a name they show',
  bounded,
  async (t) => {
    const stack = await stackWith(t, file);
    const ids = await idsOf(`${stack.url}/v1/models`, {});
    assert.ok(ids.includes('gpt-7-preview') && ids.includes('gpt-5.5'));
    assert.ok(!ids.includes('gpt-5.6-luna'));
    const both = await idsOf(`${stack.url}/v1/models`, { 'anthropic-version': '2023-06-01' });
    assert.deepEqual(both, [...ids, ...ids.map((id) => `claude-${id}`)]);
    const one = await send(`${stack.url}/v1/models/claude-gpt-5.5`, {});
    assert.equal((json(one) as { readonly id: unknown }).id, 'claude-gpt-5.5'); // as documented

    const codex = await send(`${stack.url}/v1/models?client_version=0.169.0`, {});
    const { models } = json(codex) as { readonly models: readonly { readonly slug: string }[] }; // as documented
    assert.deepEqual(
      models.map(({ slug }) => slug),
      ids.filter((id) => id !== 'gpt-7-preview'), // a bare name would make the Codex CLI refuse the whole list
    );
  },
);

test('without aliases every client gets the same list', bounded, async (t) => {
  const stack = await stackWith(t, 'anthropicAliases: false');
  const url = `${stack.url}/v1/models`;
  assert.deepEqual(await idsOf(url, { 'anthropic-version': '2023-06-01' }), await idsOf(url, {}));
});

test(
  'what the operator has switched off is declared, and reasoning goes where clients look for it',
  bounded,
  async (t) => {
    const stack = await stackWith(t, file);
    const body = chat.body('[[sim: reasoning]] Say exactly: one two', { stop: 'two' });
    const answer = await send(`${stack.url}${chat.path}`, { body });
    assert.equal(answer.headers['x-gateway-warnings'], 'dropped=stop');
    const [choice] = (json(answer) as { readonly choices: readonly { readonly message: object }[] }).choices; // as documented
    assert.deepEqual(
      Object.keys(choice?.message ?? {}).filter((name) => name.startsWith('reasoning')),
      ['reasoning'],
    );
  },
);

const keys = {
  warned: {},
  strict: { unsupportedParameters: 'strict' },
  silent: { unsupportedParameters: 'silent' },
};

const unsupported = { temperature: 0.5, top_p: 0.5, of_a_later_version: 1 };

test('a key is told of what was not honoured, refused, or left in peace', bounded, async (t) => {
  const stack = await startStack(t, { keys });
  for (const dialect of dialectCases) {
    const ask = (key: string, more: object) =>
      send(`${stack.url}${dialect.path}`, { key, body: dialect.body('Say exactly: hello', { ...more }) });

    const warned = await ask('sk-warned', unsupported);
    const silent = await ask('sk-silent', unsupported);
    assert.deepEqual(
      [warned, silent].map(({ status, headers }) => [status, headers['x-gateway-warnings']]),
      [
        [200, 'dropped=temperature,top_p,of_a_later_version'],
        [200, undefined],
      ],
    );

    const before = stack.simulator.control.journal().counts.responses;
    const strict = await ask('sk-strict', unsupported);
    assert.equal(strict.status, 400);
    const message = "Unsupported parameters: 'temperature', 'top_p' are not available here.";
    const { error } = json(strict) as { readonly error: object }; // as documented
    assert.deepEqual(
      error,
      dialect === messages
        ? { type: 'invalid_request_error', message, details: { error_code: 'unsupported_parameter' } }
        : { message, type: 'invalid_request_error', param: 'temperature', code: 'unsupported_parameter' },
    );
    assert.equal(stack.simulator.control.journal().counts.responses, before);

    const neutral = await ask('sk-strict', { temperature: 1, top_p: null, of_a_later_version: 1 });
    assert.deepEqual(
      [neutral.status, neutral.headers['x-gateway-warnings']],
      [200, 'dropped=of_a_later_version'],
    );
  }
});

test('a block that nobody knows is no reason to refuse a strict key', bounded, async (t) => {
  const stack = await startStack(t, { keys });
  const invented = { type: 'invented_later' };
  const body = messages.body('Say exactly: hello', {
    system: [invented],
    messages: [{ role: 'user', content: [invented, { type: 'text', text: 'Say exactly: hello' }] }],
  });
  const { status, headers } = await send(`${stack.url}${messages.path}`, { key: 'sk-strict', body });
  assert.deepEqual([status, headers['x-gateway-warnings']], [200, 'dropped=invented_later']);
});

test('one parameter is refused in the singular', bounded, async (t) => {
  const stack = await startStack(t, { keys });
  const body = responses.body('hi', { temperature: 0 });
  const { text } = await send(`${stack.url}${responses.path}`, { key: 'sk-strict', body });
  assert.match(text, /Unsupported parameter: 'temperature' is not available here\./);
});
