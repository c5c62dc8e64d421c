import assert from 'node:assert/strict';
import { test } from 'node:test';
import { responses, send } from './client.ts';
import { startStack, type Stack } from './stack.ts';

const bounded = { timeout: 30_000 };
const header = 'x-codex-turn-state';

const tools = [{ type: 'function', name: 'look', parameters: { type: 'object', properties: {} } }];
const user = { role: 'user', content: 'Look. [[sim: call look {}]]' };
const call = { type: 'function_call', call_id: 'call_1', name: 'look', arguments: '{}' };
const output = { type: 'function_call_output', call_id: 'call_1', output: 'a door' };
const begin = { model: 'gpt-5.5', tools, input: [user] };
const goOn = { ...begin, input: [user, call, output] };

/** Sends a request of a turn, with what an earlier answer of the turn gave; gives what this answer gives. */
async function ask(url: string, body: object, turnState?: string): Promise<string | undefined> {
  const headers = turnState === undefined ? {} : { [header]: turnState };
  const answer = await send(url + responses.path, { body, headers });
  assert.equal(answer.status, 200);
  const given = answer.headers[header];
  assert.ok(given === undefined || typeof given === 'string');
  return given;
}

/** Every request that the backend answered: on which account, and what it thought of the turn state. */
function seen({
  simulator,
}: Stack): readonly (readonly [account: string | undefined, state: string | undefined])[] {
  const { requests, violations } = simulator.control.journal();
  assert.deepEqual(violations, []);
  return requests
    .filter(({ endpoint, status }) => endpoint === 'responses' && status === 200)
    .map(({ headers, turnState }) => [headers['chatgpt-account-id'], turnState]);
}

test(
  'what the backend gives a turn comes back to it within that turn, with a mark for us alone',
  bounded,
  async (t) => {
    const stack = await startStack(t);
    const given = await ask(stack.url, begin);
    assert.match(given ?? '', /^[0-9a-f]{16}\.ts_/);
    assert.equal(await ask(stack.url, goOn, given), undefined);
    assert.deepEqual(seen(stack), [
      ['acct_default', 'given'],
      ['acct_default', 'returned'],
    ]);
  },
);

test('what no gateway has given is not sent', bounded, async (t) => {
  const stack = await startStack(t);
  const given = (await ask(stack.url, begin)) ?? '';
  for (const forged of [given.replace(/^[0-9a-f]{16}\./, ''), `${'0'.repeat(16)}.ts_x.y`, 'ä', '.'])
    assert.equal(await ask(stack.url, goOn, Buffer.from(forged).toString('latin1')), given);
  assert.deepEqual(new Set(seen(stack).map(([, state]) => state)), new Set(['given']));
});

test('a turn stays on the account that it began on, also through another gateway', bounded, async (t) => {
  const stack = await startStack(t, { accounts: ['default', 'second'], gateways: 2 });
  const [first, other] = stack.gateways.map(({ url }) => url);
  assert.ok(first !== undefined && other !== undefined);
  stack.simulator.control.setQuota('acct_default', { limitReached: true });
  const given = await ask(first, begin);
  stack.simulator.control.setQuota('acct_default', { limitReached: false });
  await ask(other, goOn, given);
  await ask(other, begin);
  assert.deepEqual(seen(stack), [
    ['acct_second', 'given'],
    ['acct_second', 'returned'],
    ['acct_default', 'given'],
  ]);
});

test('a turn that must move to another account leaves its state behind', bounded, async (t) => {
  const stack = await startStack(t, { accounts: ['default', 'second'] });
  const given = await ask(stack.url, begin);
  stack.simulator.control.setQuota('acct_default', { limitReached: true });
  assert.notEqual(await ask(stack.url, goOn, given), given);
  assert.deepEqual(seen(stack), [
    ['acct_default', 'given'],
    ['acct_second', 'given'],
  ]);
});

test('bytes that are passed through keep to their turn as well', bounded, async (t) => {
  const stack = await startStack(t);
  const raw = { 'x-codex-mode': 'raw' };
  const bytes = JSON.stringify({
    model: 'gpt-5.5',
    instructions: 'Be brief.',
    input: [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Hi.' }] }],
    store: false,
    stream: true,
  });
  const first = await send(stack.url + responses.path, { body: bytes, headers: raw });
  const given = first.headers[header];
  assert.ok(typeof given === 'string');
  await send(stack.url + responses.path, { body: bytes, headers: { ...raw, [header]: given } });
  assert.deepEqual(seen(stack), [
    ['acct_default', 'given'],
    ['acct_default', 'returned'],
  ]);
});
