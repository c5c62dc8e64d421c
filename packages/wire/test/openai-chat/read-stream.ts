import assert from 'node:assert/strict';
import { z } from 'zod';

/** What a client was told, by a stream or by a JSON answer. */
export interface Told {
  readonly content: string;
  readonly refusal: string;
  readonly reasoning: string;
  /** Arguments of `function_call`, the older form. */
  readonly legacy: string;
  readonly calls: readonly { readonly id: string; readonly name: string; readonly text: string }[];
  /** Null after a failure. */
  readonly finish: string | null;
}

const finishReason = z.enum(['stop', 'length', 'tool_calls', 'content_filter', 'function_call']);

/** The first delta of a call names it, the later ones must not. */
const firstOfCall = z.discriminatedUnion('type', [
  z.strictObject({
    index: z.int(),
    id: z.string(),
    type: z.literal('function'),
    function: z.strictObject({ name: z.string(), arguments: z.string() }),
  }),
  z.strictObject({
    index: z.int(),
    id: z.string(),
    type: z.literal('custom'),
    custom: z.strictObject({ name: z.string(), input: z.string() }),
  }),
]);
const moreOfCall = z.union([
  z.strictObject({ index: z.int(), function: z.strictObject({ arguments: z.string() }) }),
  z.strictObject({ index: z.int(), custom: z.strictObject({ input: z.string() }) }),
]);

const delta = z.union([
  z.strictObject({ role: z.literal('assistant'), content: z.literal('').nullable() }),
  z.strictObject({ content: z.string().min(1) }),
  z.strictObject({ refusal: z.string().min(1) }),
  z.strictObject({ reasoning_content: z.string().min(1) }),
  z.strictObject({ function_call: z.strictObject({ name: z.string().optional(), arguments: z.string() }) }),
  z.strictObject({ tool_calls: z.tuple([z.union([firstOfCall, moreOfCall])]) }),
]);

const head = {
  id: z.string(),
  object: z.literal('chat.completion.chunk'),
  created: z.int(),
  model: z.string(),
};
const frames = z.union([
  z.strictObject({
    ...head,
    choices: z.tuple([
      z.strictObject({ index: z.literal(0), delta, logprobs: z.null(), finish_reason: z.null() }),
    ]),
    usage: z.null().optional(),
  }),
  z.strictObject({
    ...head,
    choices: z.tuple([
      z.strictObject({
        index: z.literal(0),
        delta: z.strictObject({}),
        logprobs: z.null(),
        finish_reason: finishReason,
      }),
    ]),
    usage: z.null().optional(),
  }),
  z.strictObject({ ...head, choices: z.tuple([]), usage: z.looseObject({}) }),
  z.strictObject({
    error: z.looseObject({
      message: z.string(),
      type: z.string(),
      param: z.string().nullable(),
      code: z.string().nullable(),
    }),
  }),
]);

type Frame = z.infer<typeof frames>;
type Delta = z.infer<typeof delta>;

/** Reads a stream as a strict client does: fails on everything that an SDK would stumble over. */
export function readStream(text: string): Told {
  assert.ok(text.endsWith('data: [DONE]\n\n'), 'the stream says that it is over');
  const lines = text.slice(0, -'data: [DONE]\n\n'.length).split('\n\n').slice(0, -1);
  const all = lines.map((line): Frame => {
    assert.match(line, /^data: [^\n]*$/, 'frames have one data line and nothing else');
    return frames.parse(JSON.parse(line.slice('data: '.length)));
  });
  const deltas = all.flatMap((frame) => deltaOf(frame) ?? []);
  checkOrder(all.map(kindOf));
  assert.ok(
    deltas.every((each, index) => 'role' in each === (index === 0)),
    'the role comes first, once',
  );
  return {
    content: deltas.map((each) => ('content' in each ? (each.content ?? '') : '')).join(''),
    refusal: deltas.map((each) => ('refusal' in each ? each.refusal : '')).join(''),
    reasoning: deltas.map((each) => ('reasoning_content' in each ? each.reasoning_content : '')).join(''),
    legacy: deltas.map((each) => ('function_call' in each ? each.function_call.arguments : '')).join(''),
    calls: callsOf(deltas),
    finish: all.map(finishOf).find((finish) => finish !== null) ?? null,
  };
}

function deltaOf(frame: Frame): Delta | null {
  if ('error' in frame) return null;
  const [choice] = frame.choices;
  return choice && choice.finish_reason === null ? choice.delta : null;
}

function finishOf(frame: Frame): string | null {
  return 'error' in frame ? null : (frame.choices[0]?.finish_reason ?? null);
}

function kindOf(frame: Frame): 'delta' | 'finish' | 'usage' | 'error' {
  if ('error' in frame) return 'error';
  if (frame.choices.length === 0) return 'usage';
  return finishOf(frame) === null ? 'delta' : 'finish';
}

function checkOrder(kinds: readonly string[]): void {
  assert.match(kinds.join(' '), /^(delta )*(error|finish( usage)?)$/, 'one ending, and nothing after it');
}

/** Indexes are dense, and one call is whole before the next begins. */
function callsOf(deltas: readonly Delta[]): Told['calls'] {
  const calls: { id: string; name: string; text: string }[] = [];
  for (const each of deltas) {
    if (!('tool_calls' in each)) continue;
    const [call] = each.tool_calls;
    if ('id' in call) {
      assert.equal(call.index, calls.length);
      const { name, text } =
        call.type === 'function'
          ? { name: call.function.name, text: call.function.arguments }
          : { name: call.custom.name, text: call.custom.input };
      calls.push({ id: call.id, name, text });
    } else {
      assert.equal(call.index, calls.length - 1);
      const last = calls.at(-1);
      assert.ok(last);
      last.text += 'function' in call ? call.function.arguments : call.custom.input;
    }
  }
  return calls;
}

const reply = z.strictObject({
  id: z.string(),
  object: z.literal('chat.completion'),
  created: z.int(),
  model: z.string(),
  choices: z.tuple([
    z.strictObject({
      index: z.literal(0),
      message: z.strictObject({
        role: z.literal('assistant'),
        content: z.string().nullable(),
        refusal: z.string().nullable(),
        reasoning_content: z.string().min(1).optional(),
        annotations: z.array(z.looseObject({})).min(1).optional(),
        function_call: z.strictObject({ name: z.string(), arguments: z.string() }).optional(),
        tool_calls: z
          .array(
            z.union([
              z.strictObject({
                id: z.string(),
                type: z.literal('function'),
                function: z.strictObject({ name: z.string(), arguments: z.string() }),
              }),
              z.strictObject({
                id: z.string(),
                type: z.literal('custom'),
                custom: z.strictObject({ name: z.string(), input: z.string() }),
              }),
            ]),
          )
          .min(1)
          .optional(),
      }),
      logprobs: z.null(),
      finish_reason: finishReason,
    }),
  ]),
  usage: z.looseObject({}).optional(),
  service_tier: z.string().optional(),
});

export function readReply(value: unknown): Told {
  const [{ message, finish_reason: finish }] = reply.parse(value).choices;
  return {
    content: message.content ?? '',
    refusal: message.refusal ?? '',
    reasoning: message.reasoning_content ?? '',
    legacy: message.function_call?.arguments ?? '',
    calls: (message.tool_calls ?? []).map((call) =>
      call.type === 'function'
        ? { id: call.id, name: call.function.name, text: call.function.arguments }
        : { id: call.id, name: call.custom.name, text: call.custom.input },
    ),
    finish,
  };
}
