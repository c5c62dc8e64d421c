import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BROKER_SECRET, startStack, STACK_KEY, type Stack } from './stack.ts';
import { tokensReplySchema } from '@codex-gateway/wire/broker/contract.ts';
import { chat, dialectCases, head, open, send, type Answered } from './client.ts';

const bounded = { timeout: 60_000 };

async function tokenOf({ brokerUrl }: Stack): Promise<string> {
  const answer = await send(`${brokerUrl}/v1/tokens`, { key: BROKER_SECRET, body: {} });
  return tokensReplySchema.parse(JSON.parse(answer.text)).accounts[0]?.accessToken ?? '';
}

const directives = [
  '',
  '[[sim: fail message="upstream-canary" after=2]]',
  '[[sim: fail message="upstream-canary" after=8]]',
  '[[sim: status 400]]',
  '[[sim: status 429 kind=usage_not_included]]',
  '[[sim: status 502 kind=html]]',
  '[[sim: malformed after=4 how=html]]',
  '[[sim: drop]]',
];

/** Everything that can go well or wrong, with canaries in prompts, keys, bodies and paths. */
async function stir(stack: Stack): Promise<readonly Answered[]> {
  const { url } = stack;
  const refusals: Answered[] = [];
  for (const { path, body } of dialectCases) {
    for (const directive of directives)
      for (const stream of [true, false])
        await send(url + path, { body: body(`prompt-canary ${directive}`, { stream, user: 'user-canary' }) });
    refusals.push(
      await send(url + path, { key: 'sk-wrong-canary', body: body('prompt-canary') }),
      await send(url + path, { body: '{"prompt-canary' }),
      await send(url + path, { body: body('prompt-canary', { stream: 'value-canary' }) }),
      await send(url + path, { body: body('prompt-canary'), headers: { 'content-type': 'text/canary' } }),
      await send(url + path, { body: body('prompt-canary'), headers: { 'content-encoding': 'canary' } }),
    );
  }
  await send(`${url}/v1/nothing?query-canary=1`);
  await send(`${url}/v1/models?after_id=query-canary`);
  const controller = new AbortController();
  const { control } = stack.simulator;
  const leaving = open(url + chat.path, {
    body: chat.body('prompt-canary [[sim: step]]', { stream: true }),
    signal: controller.signal,
  });
  leaving.on('error', () => {});
  const answering = head(leaving);
  await control.until(() => control.openStreams().length === 1);
  await control.advance(control.openStreams()[0] ?? 0, 8);
  (await answering).on('error', () => {});
  controller.abort();
  await control.until(({ requests }) => requests.some(({ ending }) => ending === 'client_gone'));
  return refusals;
}

test(
  'no prompt, no answer, no key and no token is in a log line, a metric or a refusal',
  bounded,
  async (t) => {
    const stack = await startStack(t);
    const token = await tokenOf(stack);
    assert.ok(token.length > 100);
    const refusals = await stir(stack);
    stack.simulator.control.revokeAccessTokens();
    await send(stack.url + chat.path, { body: chat.body('prompt-canary') });
    const metrics = await send(`${stack.opsUrl}/metrics`);
    const places = {
      logs: stack.logs(),
      metrics: metrics.text,
      refusals: refusals.map(({ text }) => text).join('\n'),
    };
    const freshToken = await tokenOf(stack);
    assert.notEqual(freshToken, token);
    for (const [place, text] of Object.entries(places)) {
      assert.ok(text.length > 1_000, place);
      for (const secret of [
        'canary',
        STACK_KEY,
        BROKER_SECRET,
        token,
        freshToken,
        token.split('.')[1] ?? token,
      ])
        assert.equal(text.includes(secret), false, `${secret.slice(0, 20)} is in the ${place}`);
    }
  },
);

test('the key of a request is named by its id, and a path without its query', bounded, async (t) => {
  const { url, logs } = await startStack(t, { keys: { team: {} } });
  await send(`${url}/v1/chat/completions?canary=1`, { key: 'sk-team', body: chat.body('hi') });
  const line =
    logs()
      .split('\n')
      .find((text) => text.includes('"msg":"request"')) ?? '';
  const { client, path } = JSON.parse(line) as Record<string, unknown>; // compared below
  assert.deepEqual([client, path], ['team', '/v1/chat/completions']);
});
