import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, beforeEach, test } from 'node:test';
import { z } from 'zod';
import { A_TURN, createClaude, resultOf, textOf } from './claude.ts';
import { EMPTY_PAGE, RED_PIXELS } from './questions.ts';
import { turnsOf, type UpstreamRequest } from './simulator.ts';
import { startStack } from './stack.ts';

const stack = await startStack();
after(() => stack.stop());
beforeEach(() => stack.simulator.reset());

const LOOP = ['reasoning', 'function_call', 'function_call_output'];
const NEXT_QUESTION = ['reasoning', 'message', 'message'];
const COLOUR_PROMPT = 'What is my colour? Answer with one word.';

function typesOf(turns: ReturnType<typeof turnsOf>): readonly (readonly string[])[] {
  return turns.map((turn) => turn.map(({ type }) => type));
}

const sentSchema = z.looseObject({ input: z.array(z.unknown()) });

/** A body as it was sent, in two texts: its input, still open at its end, and the rest of it. */
function textsOf({ sent }: UpstreamRequest): { readonly input: string; readonly rest: string } {
  const { input, ...rest } = sentSchema.parse(JSON.parse(sent));
  return { input: JSON.stringify(input).slice(0, -1), rest: JSON.stringify(rest) };
}

test('over ten turns each input begins with the bytes of the one before', A_TURN, async (t) => {
  const claude = await createClaude(t, stack);
  const [note, picture, page] = ['note.txt', 'pixels.png', 'page.pdf'].map((name) => join(claude.work, name));
  assert.ok(note && picture && page);
  writeFileSync(picture, Buffer.from(RED_PIXELS, 'base64'));
  writeFileSync(page, EMPTY_PAGE);
  const steps = [
    ['Write', { file_path: note, content: 'one\n' }],
    ['Read', { file_path: note }],
    ['Edit', { file_path: note, old_string: 'one', new_string: 'two' }],
    ['Bash', { command: 'cat note.txt' }],
    ['Read', { file_path: picture }],
    ['Read', { file_path: page }],
    ['Bash', { command: 'echo wrong >&2; exit 3' }],
    ['Read', { file_path: join(claude.work, 'missing.txt') }],
    ['Bash', { command: 'true' }],
    ['Bash', { command: "printf 'é\\t\\n\\n  end'", description: 'Prints odd characters' }],
  ] as const;
  const directives = steps.map(([tool, input]) => `[[sim: call ${tool} ${JSON.stringify(input)}]]`);
  const run = await claude.ask(`[[sim: sequential]] ${directives.join(' ')} Go.`);
  assert.match(textOf(run), /Exit code 3\nwrong/);
  assert.equal(readFileSync(note, 'utf8'), 'two\n');

  assert.deepEqual(
    typesOf(await stack.simulator.turns()),
    steps.map(() => LOOP),
  );
  (await stack.simulator.requests()).map(textsOf).reduce((before, next) => {
    assert.equal(next.rest, before.rest);
    assert.ok(next.input.startsWith(`${before.input},`));
    return next;
  });
});

test('a session that is continued later begins with all that was said before', A_TURN, async (t) => {
  const claude = await createClaude(t, stack);
  await claude.ask('[[sim: shell echo teal > colour.txt]] My colour is teal.');
  assert.equal(readFileSync(join(claude.work, 'colour.txt'), 'utf8'), 'teal\n');
  assert.equal(
    textOf(await claude.goOn('[[sim: shell cat colour.txt]] What does it say?')),
    'The tool Bash returned: teal',
  );
  assert.equal(textOf(await claude.goOn(COLOUR_PROMPT)), 'teal');
  assert.deepEqual(typesOf(await stack.simulator.turns()), [LOOP, NEXT_QUESTION, LOOP, NEXT_QUESTION]);
});

/** The text of everything in a request's input. */
function inputText({ body }: UpstreamRequest): string {
  return JSON.stringify(body.input);
}

const SUMMED_UP = /continued from a previous conversation.*Summary:\\nMy colour is teal\./;

test('a session that is told to compact sums itself up and goes on from there', A_TURN, async (t) => {
  const claude = await createClaude(t, stack);
  await claude.ask('[[sim: shell echo teal > colour.txt]] My colour is teal.');
  assert.equal(textOf(await claude.goOn('/compact')), '');
  assert.equal(textOf(await claude.goOn(COLOUR_PROMPT)), 'teal');

  const asked = await stack.simulator.requests();
  assert.deepEqual(typesOf(turnsOf(asked.slice(0, 3))), [LOOP, ['message']]); // the last answer is kept as it is
  const [, , compacting, next, ...more] = asked;
  assert.ok(compacting && next);
  assert.deepEqual(more, []);
  assert.match(inputText(compacting), /Your task is to create a detailed summary of the conversation/);
  assert.match(inputText(next), SUMMED_UP);
  assert.deepEqual(
    next.body.input.map(({ type }) => type),
    ['message', 'reasoning', 'message', 'message', 'message'],
  );
});

test('one that the backend finds too long compacts itself and answers', A_TURN, async (t) => {
  const claude = await createClaude(t, stack);
  await claude.ask('My colour is teal.');
  await claude.goOn('Say exactly: Noted.');
  await stack.simulator.reset();
  await stack.simulator.nextResponse('fail code=context_length_exceeded after=0');
  const run = await claude.goOn(COLOUR_PROMPT);
  assert.equal(textOf(run), 'teal');
  assert.equal(resultOf(run).terminal_reason, 'completed');

  const [refused, compacting, next, ...more] = await stack.simulator.requests();
  assert.ok(refused && compacting && next);
  assert.deepEqual(more, []);
  assert.match(inputText(compacting), /Your task is to create a detailed summary of the conversation/);
  assert.match(inputText(next), SUMMED_UP);
});

test('an agent that Claude Code starts is a conversation of its own and reports back', A_TURN, async (t) => {
  const claude = await createClaude(t, stack);
  const task = {
    description: 'make a file',
    prompt: '[[sim: shell echo made > made.txt && echo done-7351]] Make it.',
    subagent_type: 'general-purpose',
    run_in_background: false,
  };
  const run = await claude.ask(`[[sim: call Agent ${JSON.stringify(task)}]] Delegate.`);
  assert.match(textOf(run), /The tool Bash returned: done-7351/);
  assert.equal(readFileSync(join(claude.work, 'made.txt'), 'utf8'), 'made\n');

  const asked = await stack.simulator.requests();
  const keys = asked.map(({ body }) => z.string().parse(body['prompt_cache_key']));
  const [ours, its] = [...new Set(keys)];
  assert.notEqual(its, undefined);
  assert.deepEqual(keys, [ours, its, its, ours]);
  const of = (key: string | undefined) => asked.filter(({ body }) => body['prompt_cache_key'] === key);
  const [[, , report] = []] = turnsOf(of(ours));
  assert.match(String(report?.output), /The tool Bash returned: done-7351/);
  const [turn] = turnsOf(of(its));
  assert.deepEqual(
    turn?.slice(0, 3).map(({ type }) => type),
    LOOP,
  );
});
