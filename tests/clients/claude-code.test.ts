import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, beforeEach, test } from 'node:test';
import { z } from 'zod';
import { essence, RED_PIXELS, USAGE } from './questions.ts';
import { createSandbox, type Run, type Sandbox } from './sandbox.ts';
import { startStack } from './stack.ts';

const stack = await startStack();
after(() => stack.stop());
beforeEach(() => stack.simulator.reset());

const A_TURN = { timeout: 120_000 };
const COMMAND = "printf 'made by the model' > made.txt && echo done-7351";
const CONTENT = 'made by the model';

/** `claude -p` with the gateway as its API. */
function ask({ run }: Sandbox, prompt: string, options: readonly string[] = [], apiKey = stack.apiKey) {
  return run(
    'claude',
    ['-p', prompt, '--model', 'gpt-5.5', '--allowedTools', 'Bash', '--output-format', 'json', ...options],
    {
      ANTHROPIC_BASE_URL: stack.url,
      ANTHROPIC_AUTH_TOKEN: apiKey,
      CLAUDE_CODE_MAX_RETRIES: '1',
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      DISABLE_TELEMETRY: '1',
      DISABLE_ERROR_REPORTING: '1',
      DISABLE_AUTOUPDATER: '1',
    },
  );
}

const resultSchema = z.looseObject({
  type: z.literal('result'),
  subtype: z.string(),
  is_error: z.boolean(),
  num_turns: z.number(),
  result: z.string(),
  permission_denials: z.array(z.unknown()),
  usage: z.looseObject({
    input_tokens: z.number(),
    cache_read_input_tokens: z.number(),
    output_tokens: z.number(),
  }),
});

const thinkingSchema = z.object({
  type: z.literal('stream_event'),
  event: z.object({ delta: z.object({ type: z.literal('thinking_delta'), thinking: z.string() }) }),
});

function linesOf({ stdout, stderr }: Run): readonly unknown[] {
  assert.notEqual(stdout, '', stderr);
  return stdout
    .trim()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
}

/** The last line of the output says how it ended. */
function resultOf(run: Run): z.infer<typeof resultSchema> {
  return resultSchema.parse(linesOf(run).at(-1));
}

test('Claude Code runs the command that the model asks for and ends with its output', A_TURN, async (t) => {
  const claude = await createSandbox(t);
  const run = await ask(claude, `[[sim: shell ${COMMAND}]] ${USAGE} Make the file.`);
  assert.equal(run.exitCode, 0, run.stderr);
  assert.deepEqual(readdirSync(claude.work), ['made.txt']);
  assert.equal(readFileSync(join(claude.work, 'made.txt'), 'utf8'), CONTENT);
  assert.deepEqual(claude.outside(), []);

  const { result, subtype, is_error, num_turns, permission_denials, usage } = resultOf(run);
  assert.deepEqual(
    { result, subtype, is_error, num_turns, permission_denials },
    {
      result: 'The tool Bash returned: done-7351',
      subtype: 'success',
      is_error: false,
      num_turns: 2,
      permission_denials: [],
    },
  );
  // of both answers together; what came from the cache is not counted twice
  const { input_tokens, cache_read_input_tokens, output_tokens } = usage;
  assert.deepEqual(
    { input_tokens, cache_read_input_tokens, output_tokens },
    {
      input_tokens: 400,
      cache_read_input_tokens: 1600,
      output_tokens: 100,
    },
  );
  assert.deepEqual(essence(await stack.simulator.secondTurn()), [
    { type: 'reasoning', summary: [], encrypted_content: 'string' },
    {
      type: 'function_call',
      call_id: 'string',
      name: 'Bash',
      arguments: JSON.stringify({ command: COMMAND }),
    },
    { type: 'function_call_output', call_id: 'string', output: 'done-7351' },
  ]);
});

test(
  'what the model thinks is shown while it streams, and comes back with the next request',
  A_TURN,
  async (t) => {
    const claude = await createSandbox(t);
    const run = await ask(claude, `[[sim: shell ${COMMAND}]] [[sim: reasoning parts=2]] Make the file.`, [
      '--output-format=stream-json',
      '--include-partial-messages',
      '--verbose',
    ]);
    assert.equal(run.exitCode, 0, run.stderr);
    assert.equal(resultOf(run).result, 'The tool Bash returned: done-7351');
    const shown = linesOf(run)
      .map((line) => thinkingSchema.safeParse(line).data?.event.delta.thinking ?? '')
      .join('');
    const thoughts = shown.slice(0, shown.length / 2); // the same for both answers
    assert.equal(shown, thoughts + thoughts);
    const [request] = await stack.simulator.requests();
    assert.deepEqual(request?.body['reasoning'], { effort: 'high', summary: 'concise' });
    const [reasoning] = await stack.simulator.secondTurn();
    assert.deepEqual(essence(reasoning), {
      type: 'reasoning',
      summary: thoughts.split(/\n\n(?=\*\*)/).map((text) => ({ type: 'summary_text', text })),
      encrypted_content: 'string',
    });
  },
);

test('a picture that Claude Code reads arrives whole', A_TURN, async (t) => {
  const claude = await createSandbox(t);
  const path = join(claude.work, 'pixels.png');
  writeFileSync(path, Buffer.from(RED_PIXELS, 'base64'));
  const run = await ask(claude, `[[sim: call Read ${JSON.stringify({ file_path: path })}]] Look at it.`);
  assert.equal(run.exitCode, 0, run.stderr);
  assert.equal(resultOf(run).result, 'The tool Read returned: I can see an image: PNG of 3 by 2 pixels.');
  const [, call, result] = await stack.simulator.secondTurn();
  assert.equal(result?.call_id, call?.call_id);
  assert.deepEqual(result?.output, [
    { type: 'input_image', detail: 'auto', image_url: `data:image/png;base64,${RED_PIXELS}` },
  ]);
});

test('a wrong key ends the turn with what the gateway says', A_TURN, async (t) => {
  const claude = await createSandbox(t);
  const run = await ask(claude, 'Say exactly: It works.', [], 'sk-wrong');
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
    const claude = await createSandbox(t);
    await stack.simulator.nextResponse('cut after=8');
    const run = await ask(claude, 'What is the capital of France?');
    assert.equal(run.exitCode, 0, run.stderr);
    assert.equal(resultOf(run).result, 'The capital is Paris.');
    const [, second, ...more] = await stack.simulator.requests();
    assert.deepEqual(more, []);
    assert.match(JSON.stringify(second?.body.input), /Your response above was cut off mid-stream\./);
  },
);
