import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, beforeEach, test } from 'node:test';
import { z } from 'zod';
import { A_TURN, type Codex, createCodex, eventsOf } from './codex.ts';
import { essence, USAGE } from './questions.ts';
import type { Run } from './sandbox.ts';
import { startStack } from './stack.ts';

const stack = await startStack();
after(() => stack.stop());
beforeEach(() => stack.simulator.reset());

const COMMAND = "printf 'made by the model' > made.txt && echo done-7351";
const CONTENT = 'made by the model';

const textsSchema = z.array(z.object({ type: z.literal('input_text'), text: z.string() }));

/** The file that the command makes is there, and no other; the CLI ended well and wanted nothing from outside. */
function assertDone(codex: Codex, run: Run): void {
  assert.equal(run.exitCode, 0, run.stderr);
  assert.deepEqual(readdirSync(codex.work), ['made.txt']);
  assert.equal(readFileSync(join(codex.work, 'made.txt'), 'utf8'), CONTENT);
  assert.deepEqual(codex.outside(), []);
}

/** The turn as the CLI tells it, with the usage of both answers together. */
function assertTold(run: Run, lastMessage: string): void {
  const events = eventsOf(run);
  assert.deepEqual(
    events.map(({ type, item }) => (item === undefined ? type : `${type} ${item.type}`)),
    [
      'thread.started',
      'turn.started',
      'item.started command_execution',
      'item.completed command_execution',
      'item.completed agent_message',
      'turn.completed',
    ],
  );
  assert.equal(events.at(-2)?.item?.['text'], lastMessage);
  assert.deepEqual(events.at(-1)?.usage, {
    input_tokens: 2000,
    cached_input_tokens: 1600,
    cache_write_input_tokens: 0,
    output_tokens: 100,
    reasoning_output_tokens: 40,
  });
}

test('the Codex CLI runs the command that the model asks for and ends with its output', A_TURN, async (t) => {
  const codex = await createCodex(t, stack, { model: 'gpt-5.5' });
  const run = await codex.exec(`[[sim: shell ${COMMAND}]] [[sim: long_ids]] ${USAGE} Make the file.`);
  assertDone(codex, run);

  const [reasoning, call, result, ...more] = await stack.simulator.secondTurn();
  assert.deepEqual(more, []);
  assert.deepEqual(essence(reasoning), {
    type: 'reasoning',
    summary: [],
    content: null,
    encrypted_content: 'string',
  });
  assert.deepEqual(essence(call), {
    type: 'function_call',
    call_id: 'string',
    name: 'exec_command',
    arguments: JSON.stringify({ cmd: COMMAND }),
  });
  assert.equal(result?.type, 'function_call_output');
  assert.equal(result.call_id, call?.call_id);
  const output = z.string().parse(result.output);
  assert.match(output, /^Output:\ndone-7351$/m);
  assert.equal(codex.lastMessage(), `The tool exec_command returned: ${output.trim()}`);
  assertTold(run, codex.lastMessage());
});

test('a newer model gets its tools as an item and calls the one that runs code', A_TURN, async (t) => {
  const codex = await createCodex(t, stack, { model: 'gpt-6-luna' });
  const code = `const { output } = await tools.exec_command(${JSON.stringify({ cmd: COMMAND })}); text(output);`;
  const run = await codex.exec(`[[sim: call exec ${code}]] [[sim: long_ids]] ${USAGE} Make the file.`);
  assertDone(codex, run);

  const [first] = await stack.simulator.requests();
  assert.equal(first?.body['tools'], undefined);
  assert.equal(first?.body['instructions'], '');
  assert.equal(first?.body.input[0]?.type, 'additional_tools');
  const [reasoning, call, result, ...more] = await stack.simulator.secondTurn();
  assert.deepEqual(more, []);
  assert.equal(reasoning?.type, 'reasoning');
  assert.ok(reasoning.encrypted_content);
  assert.deepEqual(essence(call), {
    type: 'custom_tool_call',
    call_id: 'string',
    name: 'exec',
    namespace: 'functions',
    input: code,
  });
  assert.equal(result?.type, 'custom_tool_call_output');
  assert.equal(result.call_id, call?.call_id);
  const output = textsSchema.parse(result.output).map(({ text }) => text);
  assert.equal(output.at(-1), 'done-7351\n');
  assert.equal(codex.lastMessage(), `The tool exec returned: ${output.join('\n').trim()}`);
  assertTold(run, codex.lastMessage());
});

test('the gateway can be the model catalog of the CLI', A_TURN, async (t) => {
  const provider = `model_catalog_url = "${stack.url}/v1/models"`;
  const codex = await createCodex(t, stack, { model: 'gpt-5.5', provider });
  const run = await codex.exec(`[[sim: shell ${COMMAND}]] ${USAGE} Make the file.`);
  assertDone(codex, run);
  assert.doesNotMatch(run.stdout, /metadata/i);
  const [first] = await stack.simulator.requests();
  assert.match(JSON.stringify(first?.body.input[0]), /You are a coding agent running in a terminal/);
});

test('a wrong key ends the turn with what the gateway says', A_TURN, async (t) => {
  const codex = await createCodex(t, stack, { model: 'gpt-5.5', apiKey: 'sk-wrong' });
  const run = await codex.exec('Say exactly: It works.');
  assert.equal(run.exitCode, 1);
  assert.match(run.stdout, /The API key is not known\./);
  assert.deepEqual(await stack.simulator.requests(), []);
  assert.deepEqual(codex.outside(), []);
});

test('an answer that breaks off is no answer', A_TURN, async (t) => {
  const codex = await createCodex(t, stack, { model: 'gpt-5.5' });
  const run = await codex.exec('[[sim: cut after=6]] Say exactly: It works, but not to the end.');
  assert.equal(run.exitCode, 1);
  assert.equal((await stack.simulator.requests()).length, 1);
  const last = eventsOf(run).at(-1);
  assert.deepEqual(last, {
    type: 'turn.failed',
    error: { message: 'stream disconnected before completion: The upstream broke off its answer.' },
  });
});
