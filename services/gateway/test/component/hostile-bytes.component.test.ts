import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { z } from 'zod';
import { verdictOn } from '../hostile/verdict.ts';
import { chat, dialectCases, messages, responses, send, type DialectCase } from './client.ts';
import { startStack } from './stack.ts';

const bounded = { timeout: 60_000 };

interface Row {
  readonly what: string;
  /** The bytes, from those of a good body. */
  readonly bytes: (good: string) => string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
  readonly status: number;
}

const gzipped = { 'content-encoding': 'gzip' };
const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');
/** The body with this text in place of its prompt, as it stands between the quotes. */
const saying = (prompt: string) => (good: string) => good.replace('Hi.', prompt);

const rows: readonly Row[] = [
  { what: 'nothing', bytes: () => '', status: 400 },
  { what: 'null', bytes: () => 'null', status: 400 },
  { what: 'a list', bytes: (good) => `[${good}]`, status: 400 },
  { what: 'a text', bytes: (good) => JSON.stringify(good), status: 400 },
  { what: 'a number that is too large', bytes: () => '1e999', status: 400 },
  { what: 'half of it', bytes: (good) => good.slice(0, -9), status: 400 },
  { what: 'two of it', bytes: (good) => good + good, status: 400 },
  { what: 'a zero byte', bytes: () => '\0', status: 400 },
  { what: 'a zero byte behind it', bytes: (good) => `${good}\0`, status: 400 },
  { what: 'a zero byte in a text', bytes: saying('a\0b'), status: 400 },
  { what: 'a zero byte in a text, as an escape', bytes: saying('a\\u0000b'), status: 200 },
  { what: 'a byte order mark', bytes: (good) => `\ufeff${good}`, status: 400 },
  { what: 'UTF-16', bytes: (good) => Buffer.from(good, 'utf16le'), status: 400 },
  { what: 'Latin 1', bytes: (good) => latin1(saying('Grüße')(good)), status: 400 },
  {
    what: 'Latin 1 that says so',
    bytes: (good) => latin1(saying('Grüße')(good)),
    headers: { 'content-type': 'application/json; charset=iso-8859-1' },
    status: 400,
  },
  { what: 'half of a character', bytes: (good) => latin1(saying('\xe2\x82')(good)), status: 400 },
  { what: 'a surrogate as bytes', bytes: (good) => latin1(saying('\xed\xa0\x80')(good)), status: 400 },
  { what: 'a form', bytes: () => 'model=gpt-5.5', status: 400 },
  {
    what: 'a form that says so',
    bytes: () => 'model=gpt-5.5',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    status: 400,
  },
  {
    what: 'an encoding that nobody knows',
    bytes: (good) => good,
    headers: { 'content-encoding': 'rot13' },
    status: 415,
  },
  { what: 'gzip that is none', bytes: (good) => good, headers: gzipped, status: 400 },
  {
    what: 'gzip that is cut',
    bytes: (good) => gzipSync(good).subarray(0, -9),
    headers: gzipped,
    status: 400,
  },
  { what: 'gzip of gzip', bytes: (good) => gzipSync(gzipSync(good)), headers: gzipped, status: 400 },
  {
    what: 'deflate that is cut',
    bytes: (good) => deflateSync(good).subarray(0, -5),
    headers: { 'content-encoding': 'deflate' },
    status: 400,
  },
  {
    what: 'brotli that is cut',
    bytes: (good) => brotliCompressSync(good).subarray(0, -5),
    headers: { 'content-encoding': 'br' },
    status: 400,
  },
  {
    what: 'forty megabytes in forty kilobytes',
    bytes: () => gzipSync(Buffer.alloc(40_000_000)),
    headers: gzipped,
    status: 413,
  },
  { what: 'a hundred thousand levels', bytes: () => '['.repeat(100_000), status: 400 },
  { what: 'a hundred thousand levels of objects', bytes: () => '{"a":'.repeat(100_000), status: 400 },
  {
    what: 'two million values',
    bytes: (good) => good.replace('{', `{"x":[${'0,'.repeat(2_000_000)}0],`),
    status: 400,
  },
  { what: 'a text of ten megabytes', bytes: saying('x'.repeat(10_000_000)), status: 200 },
  {
    what: 'a name of ten megabytes',
    bytes: (good) => good.replace('{', `{"${'x'.repeat(10_000_000)}":1,`),
    status: 200,
  },
  {
    what: 'the same name twice: the last one counts',
    bytes: (good) => good.replace('{', '{"model":5,'),
    status: 200,
  },
  {
    what: 'a member that objects have',
    bytes: (good) => good.replace('{', '{"__proto__":{"stream":1},"constructor":1,'),
    status: 200,
  },
];

for (const { name, path, body } of dialectCases) {
  test(`${name}, a body of`, bounded, async (t) => {
    const { url, logs } = await startStack(t);
    for (const { what, bytes, headers, status } of rows) {
      await t.test(`${what}: ${status}`, async () => {
        const sent = bytes(JSON.stringify(body('Hi.')));
        const answered = await send(url + path, { body: sent, ...(headers && { headers }) });
        assert.equal(answered.status, status, answered.text);
        verdictOn(answered, name, null);
      });
    }
    assert.doesNotMatch(logs(), /internal error/);
  });
}

const innate = ['__proto__', 'constructor', 'toString', 'hasOwnProperty'];

/** How each dialect declares a tool, chooses it, and says that it was called. */
const callOf: readonly {
  readonly dialect: DialectCase;
  readonly asking: (name: string) => Readonly<Record<string, unknown>>;
}[] = [
  {
    dialect: chat,
    asking: (name) => ({
      tools: [{ type: 'function', function: { name, parameters: { properties: { [name]: {} } } } }],
      tool_choice: { type: 'function', function: { name } },
      messages: [
        { role: 'user', content: 'Go.' },
        {
          role: 'assistant',
          tool_calls: [{ id: name, type: 'function', function: { name, arguments: `{"${name}":1}` } }],
        },
        { role: 'tool', tool_call_id: name, content: name },
      ],
    }),
  },
  {
    dialect: responses,
    asking: (name) => ({
      tools: [{ type: 'function', name, parameters: { properties: { [name]: {} } } }],
      tool_choice: { type: 'function', name },
      input: [
        { type: 'function_call', call_id: name, name, arguments: `{"${name}":1}` },
        { type: 'function_call_output', call_id: name, output: name },
      ],
    }),
  },
  {
    dialect: messages,
    asking: (name) => ({
      tools: [{ name, input_schema: { type: 'object', properties: { [name]: {} } } }],
      tool_choice: { type: 'tool', name },
      messages: [
        { role: 'user', content: 'Go.' },
        { role: 'assistant', content: [{ type: 'tool_use', id: name, name, input: { [name]: 1 } }] },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: name, content: name }] },
      ],
    }),
  },
];

const callSchema = z.looseObject({
  tool_choice: z.unknown(),
  tools: z.array(z.looseObject({ name: z.string() })),
  input: z.array(z.looseObject({ type: z.string() })),
});

for (const { dialect, asking } of callOf) {
  test(`${dialect.name}: names that objects have by themselves are names like others`, bounded, async (t) => {
    const { url, simulator } = await startStack(t);
    for (const name of innate) {
      // written out: an object of JavaScript would take `__proto__` for its prototype
      const body = JSON.stringify(dialect.body('', asking('NAME'))).replaceAll('NAME', name);
      const answered = await send(url + dialect.path, { body });
      assert.equal(answered.status, 200, answered.text);
      const { tool_choice, tools, input } = callSchema.parse(
        simulator.control.journal().requests.at(-1)?.body,
      );
      assert.deepEqual(tool_choice, { type: 'function', name });
      assert.equal(tools[0]?.name, name);
      assert.deepEqual(input.slice(-2), [
        { type: 'function_call', call_id: name, name, arguments: `{"${name}":1}` },
        { type: 'function_call_output', call_id: name, output: name },
      ]);
      assert.ok(answered.text.includes(`"name":"${name}"`), answered.text);
    }
  });
}

test(
  'half of a surrogate pair goes upstream as the character that stands for what is none',
  bounded,
  async (t) => {
    const { url, simulator } = await startStack(t);
    for (const { path, body } of dialectCases) {
      const sent = JSON.stringify(body('Cut \ud83d here, \\ud83d not, and \ud83d\ude00 whole'));
      assert.equal((await send(url + path, { body: sent })).status, 200);
      const text = JSON.stringify(simulator.control.journal().requests.at(-1)?.body);
      assert.ok(text.includes('Cut \ufffd here, \\\\ud83d not, and \u{1f600} whole'), text);
    }
  },
);
