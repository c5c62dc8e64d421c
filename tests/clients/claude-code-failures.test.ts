import assert from 'node:assert/strict';
import { after, beforeEach, test } from 'node:test';
import { A_TURN, createClaude, resultOf, retriedAfter, TELLING, textOf } from './claude.ts';
import { essence } from './questions.ts';
import { startStack } from './stack.ts';

const stack = await startStack();
after(() => stack.stop());
beforeEach(() => stack.simulator.reset());

const QUESTION = 'What is the capital of France?';
const ANSWER = 'The capital is Paris.';

test('a wrong key ends the turn with what the gateway says', A_TURN, async (t) => {
  const claude = await createClaude(t, stack, { apiKey: 'sk-wrong' });
  const run = await claude.ask('Say exactly: It works.');
  assert.equal(run.exitCode, 1);
  const { is_error, result } = resultOf(run);
  assert.deepEqual(
    { is_error, result },
    { is_error: true, result: 'Failed to authenticate. API Error: 401 The API key is not known.' },
  );
  assert.deepEqual(await stack.simulator.requests(), []);
});

test(
  'an answer that breaks off is never taken for a whole one: Claude Code asks for the rest',
  A_TURN,
  async (t) => {
    const claude = await createClaude(t, stack);
    await stack.simulator.nextResponse('cut after=8');
    assert.equal(textOf(await claude.ask(QUESTION)), ANSWER);
    const [, second, ...more] = await stack.simulator.requests();
    assert.deepEqual(more, []);
    assert.match(JSON.stringify(second?.body.input), /Your response above was cut off mid-stream\./);
  },
);

test('a prompt that is too long is sent once, and told with its numbers', A_TURN, async (t) => {
  const claude = await createClaude(t, stack);
  const run = await claude.ask(`[[sim: fail code=context_length_exceeded after=0]] ${QUESTION}`, ...TELLING);
  assert.equal(run.exitCode, 1);
  const { terminal_reason, api_error_status, result } = resultOf(run);
  assert.deepEqual(
    { terminal_reason, api_error_status },
    { terminal_reason: 'prompt_too_long', api_error_status: 400 },
  );
  assert.match(result, /^Prompt is too long · the request is ~272001 tokens \(limit 272000\)/);
  assert.deepEqual(retriedAfter(run), []);
  assert.equal((await stack.simulator.requests()).length, 1);
});

const TOO_MANY_TOKENS = 'incomplete reason=max_output_tokens words=4';

test('an answer that ends at its limit is gone on with', A_TURN, async (t) => {
  const claude = await createClaude(t, stack);
  await stack.simulator.nextResponse(TOO_MANY_TOKENS);
  assert.match(textOf(await claude.ask('Tell me a story.')), /This is a simulated answer/);
  const [reasoning, answer, question, ...more] = await stack.simulator.secondTurn();
  assert.deepEqual(more, []);
  assert.equal(reasoning?.type, 'reasoning');
  assert.deepEqual(essence(answer), {
    type: 'message',
    role: 'assistant',
    content: [{ type: 'output_text', text: 'Every evening the lighthouse' }],
  });
  assert.match(JSON.stringify(question), /"Output token limit hit\. Resume directly/);
});

test('one that always ends there is asked for three times more', A_TURN, async (t) => {
  const claude = await createClaude(t, stack);
  for (const _ of Array(5)) await stack.simulator.nextResponse(TOO_MANY_TOKENS);
  const run = await claude.ask('Tell me a story.');
  assert.equal(run.exitCode, 1);
  assert.match(resultOf(run).result, /^API Error: Claude's response exceeded the \d+ output token maximum\./);
  assert.equal((await stack.simulator.turns()).length, 3);
});

test('an overloaded backend is asked again by the gateway, then by Claude Code', A_TURN, async (t) => {
  const claude = await createClaude(t, stack);
  await stack.simulator.nextResponse('overload');
  await stack.simulator.nextResponse('status 503');
  const run = await claude.ask(QUESTION, ...TELLING);
  assert.equal(textOf(run), ANSWER);
  assert.deepEqual(retriedAfter(run), [529]);
  const asked = await stack.simulator.requests();
  assert.deepEqual(
    asked.map(({ status }) => status),
    [200, 503, 200],
  );
  const [first, second, third] = asked.map(({ headers }) => headers['x-client-request-id']);
  assert.equal(second, first);
  assert.notEqual(third, first);
});

test('a used up limit is asked for once, and the message says when it resets', A_TURN, async (t) => {
  const limited = await startStack(); // its only account is out of use from here on
  t.after(() => limited.stop());
  const claude = await createClaude(t, limited);
  const run = await claude.ask(`[[sim: status 429 kind=usage_limit]] ${QUESTION}`, ...TELLING);
  assert.equal(run.exitCode, 1);
  const { api_error_status, result } = resultOf(run);
  assert.equal(api_error_status, 429);
  assert.match(
    result,
    /^API Error: Request rejected \(429\) · The usage limit has been reached\. Resets at \d{4}-\d\d-\d\dT[\d:.]+Z\.$/,
  );
  assert.deepEqual(retriedAfter(run), []);
  assert.equal((await limited.simulator.requests()).length, 1);
});
