import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createManualClock } from '@codex-gateway/testkit/manual-clock.ts';
import { json, messages, responses, send } from './client.ts';
import { startStack, type Stack } from './stack.ts';

const bounded = { timeout: 60_000 };

type Message = Readonly<Record<string, unknown>>;

/** Asks, and gives the conversation with the answer at its end, as a client sends it back. */
async function goOn(
  { url }: Stack,
  history: readonly Message[],
  prompt: string,
): Promise<readonly Message[]> {
  const asked = [...history, { role: 'user', content: `${prompt} [[sim: reasoning]]` }];
  const thinking = { type: 'adaptive' };
  const answer = await send(url + messages.path, {
    body: { ...messages.body(''), messages: asked, thinking },
  });
  assert.equal(answer.status, 200, answer.text);
  const { content } = json(answer) as { readonly content: unknown }; // handed back as it came
  return [...asked, { role: 'assistant', content }];
}

/** Who answered each request, and how many sealed thoughts it carried; none was refused. */
function served({ simulator }: Stack): readonly (readonly [account: unknown, thoughts: number])[] {
  const { requests, violations } = simulator.control.journal();
  assert.deepEqual(violations, []);
  return requests
    .filter(({ endpoint, status }) => endpoint === 'responses' && status !== 429)
    .map(({ headers, body, status }) => {
      assert.equal(status, 200);
      const { input } = body as { readonly input: readonly { readonly type: string }[] }; // what the gateway sends
      return [headers['chatgpt-account-id'], input.filter(({ type }) => type === 'reasoning').length];
    });
}

test('sealed reasoning goes back to the account that sealed it, and to no other', bounded, async (t) => {
  const clock = createManualClock();
  const stack = await startStack(t, { accounts: ['first', 'second'], clock });
  const begun = await goOn(stack, [], 'Hello.');
  const second = await goOn(stack, begun, 'And then?');
  stack.simulator.control.setQuota('acct_first', { limitReached: true });
  const moved = await goOn(stack, second, 'And now?');
  stack.simulator.control.setQuota('acct_first', { limitReached: false });
  clock.advance(24 * 3_600_000);
  await goOn(stack, moved, 'At last?');
  assert.deepEqual(served(stack), [
    ['acct_first', 0],
    ['acct_first', 1],
    ['acct_second', 0],
    ['acct_second', 1],
  ]);
});

test('a seal that the backend cannot open is left out, and the client is told', bounded, async (t) => {
  const stack = await startStack(t);
  const thought = { type: 'reasoning', summary: [], encrypted_content: 'gAAAA-of-somebody-else' };
  const hello = { role: 'user', content: 'Hello.' };
  const told = [];
  for (const input of [
    [hello, thought, hello],
    [hello, hello],
  ]) {
    const answer = await send(stack.url + responses.path, { body: { model: 'gpt-5.5', input } });
    told.push([answer.status, answer.headers['x-gateway-warnings']]);
  }
  assert.deepEqual(told, [
    [200, 'dropped=encrypted_content'],
    [200, undefined],
  ]);
});
