import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { z } from 'zod';
import { events, json, send, type Answered, type DialectCase } from './client.ts';
import { startStack, type Stack, type StackOptions } from './stack.ts';

const itemSchema = z.looseObject({ type: z.string(), id: z.string().optional() });
type Item = z.infer<typeof itemSchema>;
const upstreamSchema = z.looseObject({
  input: z.array(itemSchema),
  instructions: z.string(),
  prompt_cache_key: z.string(),
  tools: z.array(z.looseObject({ type: z.string() })).optional(),
});
const responseSchema = z.looseObject({ id: z.string(), status: z.string(), output: z.array(itemSchema) });
const errorSchema = z.object({ error: z.looseObject({ code: z.string(), param: z.string().nullable() }) });

export interface Talk {
  readonly stack: Stack;
  /** Sends a body through the first gateway or another; the key is that of the stack when none is given. */
  readonly ask: (dialect: DialectCase, body: object, key?: string, gateway?: number) => Promise<Answered>;
  /** What the last request was upstream. */
  readonly upstream: () => z.infer<typeof upstreamSchema>;
  readonly requests: () => number;
}

export async function talk(t: TestContext, options: StackOptions = {}): Promise<Talk> {
  const stack = await startStack(t, options);
  const asked = () =>
    stack.simulator.control.journal().requests.filter(({ path }) => path.endsWith('/responses'));
  return {
    stack,
    ask: async ({ path }, body, key, gateway = 0) =>
      send(`${stack.gateways[gateway]?.url}${path}`, {
        body: { model: 'gpt-5.5', ...body },
        ...(key && { key }),
      }),
    upstream: () => upstreamSchema.parse(asked().at(-1)?.body),
    requests: () => asked().length,
  };
}

export function responseOf(answered: Answered): z.infer<typeof responseSchema> {
  assert.equal(answered.status, 200, answered.text);
  if (!answered.text.startsWith('event:')) return responseSchema.parse(json(answered));
  const last = events(answered.text).findLast((event) => typeof event === 'object');
  return z.object({ type: z.literal('response.completed'), response: responseSchema }).parse(last).response;
}

export function refused(answered: Answered): unknown {
  const { code, param } = errorSchema.parse(json(answered)).error;
  return { status: answered.status, code, param };
}

/** An item without what belongs to the answer alone. */
export function sentBack({ id: _id, status: _status, ...item }: Item): unknown {
  const { content } = item;
  if (!Array.isArray(content)) return item;
  return { ...item, content: content.map(({ type, text }: Item) => ({ type, text })) };
}

export const user = (text: string) => ({
  type: 'message',
  role: 'user',
  content: [{ type: 'input_text', text }],
});

export const readFile = {
  name: 'read_file',
  description: 'Reads a file.',
  parameters: { type: 'object', properties: { path: { type: 'string' } }, required: ['path'] },
};
export const flatTool = { type: 'function', ...readFile, strict: true };
export const nestedTool = { type: 'function', function: readFile };
export const reads = '[[sim: reasoning parts=1]] [[sim: call read_file {"path":"a.txt"}]]';

/** The second turn of a tool loop in Chat. */
export function toolTurn(callId: string, more: object = {}) {
  const call = {
    id: callId,
    type: 'function',
    function: { name: 'read_file', arguments: '{"path":"a.txt"}' },
  };
  return {
    messages: [
      { role: 'user', content: reads },
      { role: 'assistant', content: null, tool_calls: [call] },
      { role: 'tool', tool_call_id: callId, content: 'forty-two' },
    ],
    ...more,
  };
}
