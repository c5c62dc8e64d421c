import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, beforeEach, test } from 'node:test';
import { z } from 'zod';
import { startSession } from './codex-session.ts';
import { A_TURN, createCodex, eventsOf } from './codex.ts';
import { MEETING, MEETING_PROMPT, meeting, RED_PIXELS } from './questions.ts';
import { startStack } from './stack.ts';

const stack = await startStack({ STREAM_HEARTBEAT_SECONDS: '1' });
after(() => stack.stop());
beforeEach(() => stack.simulator.reset());

const COLOUR_PROMPT = 'What is my colour? Answer with one word.';
const usageOf = (input: number): string => `[[sim: usage input=${input} cached=0 output=10 reasoning=0]]`;

for (const model of ['gpt-5.5', 'gpt-6-luna']) {
  const name = `${model}: a session goes on by its id and as the last, each input begins with the one before`;
  test(name, A_TURN, async (t) => {
    const codex = await createCodex(t, stack, { model });
    const first = await codex.exec(
      '[[sim: sequential]] [[sim: shell echo teal > colour.txt]] [[sim: shell cat colour.txt]] My colour is teal.',
    );
    assert.equal(readFileSync(join(codex.work, 'colour.txt'), 'utf8'), 'teal\n');
    const session = z.string().parse(eventsOf(first)[0]?.thread_id);
    const second = await codex.resume(session, '[[sim: shell wc -c colour.txt]] How long is it?');
    assert.match(codex.lastMessage(), /^5 colour\.txt$/m);
    const third = await codex.resume('--last', COLOUR_PROMPT);
    assert.equal(codex.lastMessage(), 'teal');

    for (const run of [first, second, third]) {
      assert.equal(run.exitCode, 0, run.stderr);
      assert.equal(eventsOf(run)[0]?.thread_id, session);
    }
    const call = model === 'gpt-5.5' ? 'function_call' : 'custom_tool_call';
    const loop = ['reasoning', call, `${call}_output`];
    const nextQuestion = ['reasoning', 'message', 'message'];
    assert.deepEqual(
      (await stack.simulator.turns()).map((turn) => turn.map(({ type }) => type)),
      [loop, loop, nextQuestion, loop, nextQuestion],
    );
    assert.deepEqual(codex.outside(), []);
  });
}

/** A provider called OpenAI is asked to compact; others to sum up in words, without tools that would come in between. */
const compactions = {
  'codex-gateway': {
    asked: 'message',
    withTools: false,
    kept: 'message',
    summary: /This is a simulated answer/,
  },
  OpenAI: {
    asked: 'compaction_trigger',
    withTools: true,
    kept: 'compaction',
    summary: /"encrypted_content":"gA/,
  },
};

for (const [providerName, { asked, withTools, kept, summary }] of Object.entries(compactions)) {
  const name = `a session that grew too long for the provider ${providerName} is compacted and goes on`;
  test(name, A_TURN, async (t) => {
    const settings = 'model_auto_compact_token_limit = 5000';
    const codex = await createCodex(t, stack, { model: 'gpt-5.5', settings, providerName });
    await codex.exec(`${usageOf(1000)} [[sim: shell echo done]] My colour is teal.`);
    await codex.resume('--last', `${usageOf(9000)} Say exactly: Noted.`);
    const said = (await stack.simulator.requests()).at(-1)?.body.input ?? [];
    await stack.simulator.reset();
    const run = await codex.resume('--last', `${usageOf(1000)} ${COLOUR_PROMPT}`);
    assert.equal(run.exitCode, 0, run.stderr);
    assert.equal(codex.lastMessage(), 'teal');

    const [compacting, next, ...more] = await stack.simulator.requests();
    assert.ok(compacting && next);
    assert.deepEqual(more, []);
    assert.deepEqual([compacting.status, next.status], [200, 200]);
    assert.deepEqual(compacting.body.input.slice(0, said.length), said);
    assert.deepEqual(
      compacting.body.input.slice(said.length).map(({ type }) => type),
      ['reasoning', 'message', asked],
    );
    assert.equal(compacting.body['tools'] !== undefined, withTools);
    assert.ok(next.body.input.every(({ type }) => type === 'message' || type === kept));
    assert.match(JSON.stringify(next.body.input.at(-2)), summary);
    assert.deepEqual(codex.outside(), []);
  });
}

test('one process has several turns, is told to compact and goes on', A_TURN, async (t) => {
  const codex = await createCodex(t, stack, { model: 'gpt-5.5' });
  const session = await startSession(codex);
  await session.say('[[sim: shell echo made > made.txt]] My colour is teal.');
  assert.equal(readFileSync(join(codex.work, 'made.txt'), 'utf8'), 'made\n');
  assert.equal(await session.say('Say exactly: Noted.'), 'Noted.');
  assert.deepEqual(
    (await stack.simulator.turns()).map((turn) => turn.map(({ type }) => type)),
    [
      ['reasoning', 'function_call', 'function_call_output'],
      ['reasoning', 'message', 'message'],
    ],
  );
  await session.compact();
  assert.equal(await session.say(COLOUR_PROMPT), 'teal');
  const last = (await stack.simulator.requests()).at(-1);
  assert.ok(last?.body.input.every(({ type }) => type === 'message'));
  assert.deepEqual(codex.outside(), []);
});

/** After half of the answer's events the backend says nothing for four seconds. */
const SILENCE = '[[sim: stream events=2 bytes=8 every=6 pause=4000]]';

test('a silence longer than the CLI waits does not end its turn: heartbeats come', A_TURN, async (t) => {
  const codex = await createCodex(t, stack, { model: 'gpt-5.5', provider: 'stream_idle_timeout_ms = 3000' });
  const run = await codex.exec(`${SILENCE} Think.`);
  assert.equal(run.exitCode, 0, run.stdout);
  assert.equal(codex.lastMessage().length, 16);
  assert.equal((await stack.simulator.requests()).length, 1);
});

test('the same silence ends it when the heartbeats are too slow for it', A_TURN, async (t) => {
  const codex = await createCodex(t, stack, { model: 'gpt-5.5', provider: 'stream_idle_timeout_ms = 500' });
  const run = await codex.exec(`${SILENCE} Think.`);
  assert.equal(run.exitCode, 1);
  assert.match(run.stdout, /idle timeout waiting for SSE/);
});

test('a picture and the schema of the answer reach the model', A_TURN, async (t) => {
  const codex = await createCodex(t, stack, { model: 'gpt-5.5' });
  const picture = join(codex.home, 'red.png');
  const schema = join(codex.home, 'meeting.json');
  writeFileSync(picture, Buffer.from(RED_PIXELS, 'base64'));
  writeFileSync(schema, JSON.stringify(z.toJSONSchema(meeting)));
  const seen = await codex.exec('What do you see?', '--image', picture);
  assert.equal(seen.exitCode, 0, seen.stderr);
  assert.equal(codex.lastMessage(), 'I can see an image: PNG of 3 by 2 pixels.');
  const structured = await codex.exec('--output-schema', schema, MEETING_PROMPT);
  assert.equal(structured.exitCode, 0, structured.stderr);
  assert.deepEqual(JSON.parse(codex.lastMessage()), MEETING);
});
