import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { nothingRecalled } from '../../src/dialects/dialect.ts';
import { openaiResponses } from '../../src/dialects/openai-responses/dialect.ts';
import { FaultError, faultParam, faultStatus } from '../../src/fault.ts';
import { isRecord } from '../../src/record.ts';
import { openContext } from '../open-context.ts';
import { fieldsToRefuse } from '../upstream-fields.ts';

const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('', 'json', '__proto__', '\ud800'));
const odd = fc.oneof({ depthSize: 'small' }, fc.jsonValue({ maxDepth: 3 }), fc.constantFrom(null, -1, 1e308));
/** What it should be, or now and then something else. */
function mostly(right: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 30, arbitrary: right }, { weight: 1, arbitrary: odd });
}

const part = fc.record(
  {
    type: fc.constantFrom('input_text', 'output_text', 'text', 'refusal', 'input_image', 'input_file', 'x'),
    text: mostly(text),
    refusal: mostly(text),
    image_url: mostly(fc.constantFrom('https://example.com/a.png', 'file:///a')),
    file_data: mostly(text),
    prompt_cache_breakpoint: fc.constant({ mode: 'explicit' }),
  },
  { requiredKeys: ['type', 'text'] },
);
const content = mostly(fc.oneof(text, part, fc.array(fc.oneof(text, part), { maxLength: 3 })));
const item = fc.record(
  {
    type: fc.constantFrom(
      'message',
      'function_call',
      'function_call_output',
      'custom_tool_call',
      'custom_tool_call_output',
      'reasoning',
      'item_reference',
      'mcp_call',
      'compaction',
      'invented_later',
    ),
    id: mostly(fc.constantFrom('msg_1', 'rs_1', `rs_${'z'.repeat(300)}`)),
    status: fc.constant('completed'),
    role: mostly(fc.constantFrom('user', 'assistant', 'system', 'developer')),
    content,
    call_id: mostly(fc.constantFrom('c', 'd', 'ä', 'x'.repeat(99))),
    name: mostly(fc.constantFrom('f', 'get.weather', 'y'.repeat(99))),
    arguments: mostly(text),
    input: mostly(text),
    output: content,
    summary: mostly(fc.constant([])),
    encrypted_content: mostly(fc.constantFrom('gAAAA', '')),
  },
  { requiredKeys: ['type', 'role', 'content', 'call_id', 'name', 'arguments', 'input', 'output'] },
);
const meant: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  instructions: text,
  stream: fc.boolean(),
  store: fc.boolean(),
  tools: fc.constantFrom([], [{ type: 'function', name: 'get.weather' }], [{ type: 'web_search_preview' }]),
  tool_choice: fc.constantFrom('auto', 'none'),
  parallel_tool_calls: fc.boolean(),
  reasoning: fc.record({ effort: fc.constantFrom('minimal', 'high'), mode: fc.constant('pro') }),
  text: fc.constantFrom({ verbosity: 'low' }, { format: { type: 'json_object' } }),
  include: fc.constantFrom([], ['message.output_text.logprobs']),
  prompt_cache_key: text,
  service_tier: fc.constantFrom('priority', 'flex'),
  max_output_tokens: fc.integer({ min: 1 }),
  temperature: fc.double({ noNaN: true, noDefaultInfinity: true }),
  truncation: fc.constant('auto'),
  metadata: fc.dictionary(fc.string(), fc.string()),
  user: text,
  context_management: fc.constant([{}]),
  stop: text,
  messages: odd,
  invented: odd,
};
const names = [...Object.keys(meant), 'conversation', 'background', 'prompt', 'moderation', 'image', 'input'];
const body = fc
  .record({
    fields: fc.record(meant, { requiredKeys: [] }),
    input: fc.array(item, { maxLength: 3 }),
    wrong: fc.option(fc.tuple(fc.constantFrom(...names), odd)),
  })
  .map(({ fields, input, wrong }): unknown => ({
    model: 'gpt-5.5',
    ...fields,
    input,
    ...(wrong && { [wrong[0]]: wrong[1] }),
  }));

/** Members that items of the upstream have; what passes unread has its own. */
const messageMembers = new Set(['type', 'role', 'content', 'phase']);

test('whatever a client sends, the upstream gets what it takes or the client a refusal that names a field', () => {
  let sent = 0;
  fc.assert(
    fc.property(body, (given) => {
      try {
        const request = openaiResponses.open(given, openContext()).codexRequest(nothingRecalled);
        const { input } = request;
        sent += 1;
        assert.deepEqual(fieldsToRefuse(request), []);
        for (const each of input) {
          assert.ok(isRecord(each));
          if (each['type'] !== 'message') continue;
          assert.notEqual(each['role'], 'system');
          assert.deepEqual(
            Object.keys(each).filter((member) => !messageMembers.has(member)),
            [],
          );
        }
        assert.ok(!JSON.stringify(input).includes('prompt_cache_breakpoint'));
      } catch (error) {
        assert.ok(error instanceof FaultError, String(error));
        assert.ok([400, 404].includes(faultStatus(error.fault)));
        assert.ok(faultParam(error.fault), error.message);
      }
    }),
    { numRuns: 2_000 },
  );
  assert.ok(sent > 50, `only ${sent} bodies were good enough to be sent`);
});
