import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, beforeEach, test } from 'node:test';
import { z } from 'zod';
import { A_TURN, createClaude, linesOf, resultOf, TELLING, textOf } from './claude.ts';
import { EMPTY_PAGE, essence, MEETING, MEETING_PROMPT, meeting, RED_PIXELS, USAGE } from './questions.ts';
import { turnsOf } from './simulator.ts';
import { startStack } from './stack.ts';

const stack = await startStack();
after(() => stack.stop());
beforeEach(() => stack.simulator.reset());

const COMMAND = "printf 'made by the model' > made.txt && echo done-7351";
const CONTENT = 'made by the model';
const REASONING = { type: 'reasoning', summary: [], encrypted_content: 'string' };

const call = (name: string, input: object) => ({
  type: 'function_call',
  call_id: 'string',
  name,
  arguments: JSON.stringify(input),
});
const output = (content: unknown) => ({ type: 'function_call_output', call_id: 'string', output: content });

const thinkingSchema = z.object({
  type: z.literal('stream_event'),
  event: z.object({ delta: z.object({ type: z.literal('thinking_delta'), thinking: z.string() }) }),
});

const toolSchema = z.looseObject({ type: z.string(), name: z.string().optional() });

/** What tools a request offers, by name, or by type where they have none. */
function offeredIn(body: Readonly<Record<string, unknown>>): readonly string[] {
  return z
    .array(toolSchema)
    .parse(body['tools'])
    .map(({ type, name }) => name ?? type);
}

test('a question is one request, without what Claude Code puts in for its own API', A_TURN, async (t) => {
  const claude = await createClaude(t, stack);
  assert.equal(textOf(await claude.ask('What is the capital of France?')), 'The capital is Paris.');
  const [request, ...more] = await stack.simulator.requests();
  assert.deepEqual(more, []);
  assert.deepEqual(
    request?.body.input.map(({ type, role }) => [type, role]),
    [
      ['message', 'user'],
      ['message', 'developer'],
    ],
  );
  assert.doesNotMatch(JSON.stringify(request), /x-anthropic-billing-header|DeferredToolPlaceholder/);
  assert.deepEqual(claude.outside(), []);
});

test('Claude Code runs the command that the model asks for and ends with its output', A_TURN, async (t) => {
  const claude = await createClaude(t, stack);
  const run = await claude.ask(`[[sim: shell ${COMMAND}]] ${USAGE} Make the file.`);
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
    REASONING,
    call('Bash', { command: COMMAND }),
    output('done-7351'),
  ]);
});

test('two calls of one answer are both run, and both results come back together', A_TURN, async (t) => {
  const claude = await createClaude(t, stack);
  const commands = ['echo a > a.txt && echo one', 'echo b > b.txt && echo two'] as const;
  const directives = commands.map((command) => `[[sim: shell ${command}]]`).join(' ');
  const run = await claude.ask(`[[sim: interleaved]] ${directives} Make both.`);
  assert.equal(textOf(run), 'The tool Bash returned: one\nThe tool Bash returned: two');
  assert.deepEqual(readdirSync(claude.work), ['a.txt', 'b.txt']);
  const turn = await stack.simulator.secondTurn();
  assert.deepEqual(essence(turn), [
    REASONING,
    ...commands.map((command) => call('Bash', { command })),
    output('one'),
    output('two'),
  ]);
  const [, first, second, ...outputs] = turn.map(({ call_id }) => call_id);
  assert.deepEqual(outputs, [first, second]);
});

test(
  'what the model thinks is shown while it streams, and comes back with the next request',
  A_TURN,
  async (t) => {
    const claude = await createClaude(t, stack);
    const run = await claude.ask(
      `[[sim: shell ${COMMAND}]] [[sim: reasoning parts=2]] Make the file.`,
      ...TELLING,
      '--include-partial-messages',
    );
    assert.equal(textOf(run), 'The tool Bash returned: done-7351');
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
  const claude = await createClaude(t, stack);
  const path = join(claude.work, 'pixels.png');
  writeFileSync(path, Buffer.from(RED_PIXELS, 'base64'));
  const run = await claude.ask(`[[sim: call Read ${JSON.stringify({ file_path: path })}]] Look at it.`);
  assert.equal(textOf(run), 'The tool Read returned: I can see an image: PNG of 3 by 2 pixels.');
  assert.deepEqual(essence(await stack.simulator.secondTurn()), [
    REASONING,
    call('Read', { file_path: path }),
    output([{ type: 'input_image', detail: 'auto', image_url: `data:image/png;base64,${RED_PIXELS}` }]),
  ]);
});

test('a PDF that it reads arrives as a file, with what Claude Code says of it', A_TURN, async (t) => {
  const claude = await createClaude(t, stack);
  const path = join(claude.work, 'page.pdf');
  writeFileSync(path, EMPTY_PAGE);
  const said = `PDF file read: ${path} (${EMPTY_PAGE.length} bytes)`;
  const run = await claude.ask(`[[sim: call Read ${JSON.stringify({ file_path: path })}]] Read it.`);
  assert.equal(textOf(run), `The tool Read returned: ${said}`);
  assert.deepEqual(essence(await stack.simulator.secondTurn()), [
    REASONING,
    call('Read', { file_path: path }),
    output([
      { type: 'input_text', text: said },
      {
        type: 'input_file',
        filename: 'document.pdf',
        file_data: `data:application/pdf;base64,${Buffer.from(EMPTY_PAGE).toString('base64')}`,
      },
    ]),
  ]);
});

test('an answer in the form of a schema is the call of a tool that takes it', A_TURN, async (t) => {
  const claude = await createClaude(t, stack);
  const schema = JSON.stringify(z.toJSONSchema(meeting, { target: 'draft-7' })); // it takes no later one
  const run = await claude.ask(
    `[[sim: call StructuredOutput ${JSON.stringify(MEETING)}]] ${MEETING_PROMPT}`,
    `--json-schema=${schema}`,
  );
  assert.deepEqual(JSON.parse(textOf(run)), MEETING);
  const [request, ...more] = await stack.simulator.requests();
  assert.ok(request && offeredIn(request.body).includes('StructuredOutput'));
  assert.deepEqual(more, []);
});

test(
  'a search of the web is a request of its own, and its links come back with the result',
  A_TURN,
  async (t) => {
    const claude = await createClaude(t, stack, { settings: { ENABLE_TOOL_SEARCH: 'false' } });
    const input = { query: 'weather in Paris' };
    const run = await claude.ask(`[[sim: call WebSearch ${JSON.stringify(input)}]] Look it up.`);
    assert.match(
      textOf(run),
      /^The tool WebSearch returned: Web search results for query: "weather in Paris"/,
    );
    assert.equal(resultOf(run).modelUsage['gpt-5.5']?.webSearchRequests, 1);

    const [first, search, third, ...more] = await stack.simulator.requests();
    assert.ok(first && search && third);
    assert.deepEqual(more, []);
    assert.deepEqual(essence(search.body.input), [
      {
        type: 'message',
        role: 'user',
        content: [{ type: 'input_text', text: `Perform a web search for the query: ${input.query}` }],
      },
    ]);
    assert.deepEqual(search.body['tools'], [{ type: 'web_search' }]);
    assert.deepEqual(search.body['tool_choice'], 'auto');
    const [[reasoning, made, result, ...others] = []] = turnsOf([first, third]);
    assert.deepEqual(essence([reasoning, made]), [REASONING, call('WebSearch', input)]);
    assert.match(
      String(result?.output),
      /^Links: \[\{"title":".+","url":"https:\/\/example\.com\/simulated"\}\]$/m,
    );
    assert.deepEqual(others, []);
  },
);

test(
  'tools that Claude Code holds back are looked for in words, and can be called once found',
  A_TURN,
  async (t) => {
    const claude = await createClaude(t, stack);
    const select = { query: 'select:WebSearch,CronList', max_results: 5 };
    const run = await claude.ask(
      `[[sim: sequential]] [[sim: call ToolSearch ${JSON.stringify(select)}]] [[sim: call CronList {}]] Look.`,
    );
    assert.match(textOf(run), /^The tool CronList returned: No scheduled jobs/m);

    const [first, second, third, ...more] = await stack.simulator.requests();
    assert.ok(first && second && third);
    assert.deepEqual(more, []);
    const before = offeredIn(first.body);
    assert.ok(before.includes('ToolSearch'));
    for (const { body } of [second, third]) {
      assert.deepEqual(
        offeredIn(body).filter((name) => !before.includes(name)),
        ['CronList', 'WebSearch'],
      );
    }
    assert.deepEqual(second.body.input.slice(0, first.body.input.length), first.body.input);
    assert.deepEqual(third.body.input.slice(0, second.body.input.length), second.body.input);
    const found = String(second.body.input.at(-1)?.output);
    assert.match(found, /^<functions>\n(?:<function>\{.*\}<\/function>\n){2}<\/functions>$/);
    assert.match(found, /"name":"WebSearch".*\n.*"name":"CronList"/);
    assert.doesNotMatch(JSON.stringify([first, second, third]), /DeferredToolPlaceholder|tool_reference/);
  },
);

test('its context is counted by the gateway, and the backend is not asked', A_TURN, async (t) => {
  const claude = await createClaude(t, stack, { settings: { CLAUDE_CODE_MAX_CONTEXT_TOKENS: '272000' } });
  const table = textOf(await claude.ask('/context'));
  assert.match(table, /\*\*Tokens:\*\* [\d.]+k \/ 272k/);
  assert.match(table, /\| Messages \| \d+ \|/); // a row that its own estimate does not have
  assert.deepEqual(await stack.simulator.requests(), []);
});
