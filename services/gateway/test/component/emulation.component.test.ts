import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { startStack, type Stack } from './stack.ts';
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { z } from 'zod';
import { chat, events, json, messages, responses, send, type Answered, type DialectCase } from './client.ts';

/** Stop strings and token limits, from the client's request to the upstream's connection. */

const bounded = { timeout: 30_000 };

/** The upstream says this much and then nothing more, for ever: only the gateway can end the answer. */
const endless = 'Count to 1000. [[sim: stall after=200]]';

interface Told {
  readonly text: string;
  readonly end: readonly unknown[];
}

/** How each dialect asks, and where its answers, whole and streamed, have the text and the reason of their end. */
interface Case {
  readonly dialect: DialectCase;
  readonly limit: (tokens: number) => object;
  readonly stop: ((text: string) => object) | null;
  readonly limited: readonly unknown[];
  readonly stopped: (text: string) => readonly unknown[];
  readonly told: (answer: Answered, stream: boolean) => Told;
}

const chatReply = z.object({
  choices: z.tuple([z.object({ message: z.object({ content: z.string() }), finish_reason: z.string() })]),
});
const chatChunk = z.object({
  choices: z.array(
    z.object({ delta: z.object({ content: z.string().nullish() }), finish_reason: z.string().nullable() }),
  ),
});
const responseObject = z.object({
  status: z.string(),
  incomplete_details: z.object({ reason: z.string() }).nullable(),
  output: z.array(z.object({ content: z.array(z.object({ text: z.string() })).optional() })),
});
const stopMembers = { stop_reason: z.string(), stop_sequence: z.string().nullable() };
const message = z.object({ content: z.array(z.object({ text: z.string() })), ...stopMembers });
const messageEvent = z.object({
  delta: z
    .object({ text: z.string().optional(), ...stopMembers })
    .partial()
    .optional(),
});

const cases: readonly Case[] = [
  {
    dialect: chat,
    limit: (tokens) => ({ max_completion_tokens: tokens }),
    stop: (text) => ({ stop: text }),
    limited: ['length'],
    stopped: () => ['stop'],
    told: (answer, stream) => {
      if (!stream) {
        const [{ message: said, finish_reason: end }] = chatReply.parse(json(answer)).choices;
        return { text: said.content, end: [end] };
      }
      const chunks = events(answer.text)
        .slice(0, -1)
        .flatMap((event) => chatChunk.parse(event).choices);
      return {
        text: chunks.map(({ delta }) => delta.content ?? '').join(''),
        end: chunks.flatMap(({ finish_reason: end }) => end ?? []),
      };
    },
  },
  {
    dialect: responses,
    limit: (tokens) => ({ max_output_tokens: tokens }),
    stop: null,
    limited: ['incomplete', 'max_output_tokens'],
    stopped: () => [],
    told: (answer, stream) => {
      const last = stream
        ? z.object({ response: z.unknown() }).parse(events(answer.text).at(-2)).response
        : json(answer);
      const { status, incomplete_details: details, output } = responseObject.parse(last);
      const text = output.flatMap(({ content }) => content ?? []).map((part) => part.text);
      return { text: text.join(''), end: [status, details?.reason] };
    },
  },
  {
    dialect: messages,
    limit: (tokens) => ({ max_tokens: tokens }),
    stop: (text) => ({ stop_sequences: [text] }),
    limited: ['max_tokens', null],
    stopped: (text) => ['stop_sequence', text],
    told: (answer, stream) => {
      if (!stream) {
        const { content, stop_reason: reason, stop_sequence: sequence } = message.parse(json(answer));
        return { text: content.map((block) => block.text).join(''), end: [reason, sequence] };
      }
      const deltas = events(answer.text).flatMap((event) => messageEvent.parse(event).delta ?? []);
      const { stop_reason: reason, stop_sequence: sequence } = deltas.at(-1) ?? {};
      return { text: deltas.map((delta) => delta.text ?? '').join(''), end: [reason, sequence] };
    },
  },
];

/** Asks, and waits until the upstream has lost the connection, which it would keep open for ever. */
async function askEndless(stack: Stack, dialect: DialectCase, body: object): Promise<Answered> {
  const answer = await send(stack.url + dialect.path, { body: dialect.body(endless, { ...body }) });
  assert.equal(answer.status, 200, answer.text);
  await stack.simulator.control.until(({ requests }) =>
    requests.some(({ clientDisconnected, ending }) => clientDisconnected && ending === 'stalled'),
  );
  return answer;
}

const counted = Array.from({ length: 1000 }, (_, index) => index + 1).join(', ');

for (const { dialect, limit, limited, stop, stopped, told } of cases) {
  for (const stream of [false, true]) {
    const how = `${dialect.name}, ${stream ? 'streamed' : 'as JSON'}`;

    test(`${how}: at the token limit the answer ends and the upstream is let go`, bounded, async (t) => {
      const stack = await startStack(t);
      const answer = await askEndless(stack, dialect, { stream, ...limit(16) });
      const { text, end } = told(answer, stream);
      assert.deepEqual(end, limited);
      assert.ok(counted.startsWith(text), text);
      assert.equal(countTokens(text), 16);
      assert.equal(answer.headers['x-gateway-warnings'], stream ? undefined : 'usage=estimated');
    });

    if (stop === null) continue;
    test(`${how}: before the stop string the answer ends and the upstream is let go`, bounded, async (t) => {
      const stack = await startStack(t);
      const answer = await askEndless(stack, dialect, { stream, ...limit(1000), ...stop(' 20, 21') });
      const { text, end } = told(answer, stream);
      assert.deepEqual(end, stopped(' 20, 21'));
      assert.equal(text, counted.slice(0, counted.indexOf(' 20, 21')));
      assert.equal(answer.headers['x-gateway-warnings'], stream ? undefined : 'usage=estimated');
    });
  }
}

const usage = z.object({ usage: z.object({ total_tokens: z.number() }) });
const TPM = 100_000;

test('what an answer that was ended here has used is settled, logged and told alike', bounded, async (t) => {
  const { stack, remaining } = await startLimited(t, { tpm: TPM });
  const answer = await send(stack.url + chat.path, {
    key: 'sk-limited',
    body: chat.body(endless, { max_tokens: 16 }),
  });
  const { total_tokens: used } = usage.parse(json(answer)).usage;
  assert.ok(used > 16 && used < 200, String(used));
  const next = chat.body('hi', { max_tokens: 16 });
  const reserved = Math.ceil(JSON.stringify(next).length / 4) + 16;
  assert.equal(await remaining(next), TPM - used - reserved);
  const lines = stack
    .logs()
    .split('\n')
    .filter((line) => line.includes('"usageIsEstimate":true'));
  assert.deepEqual(
    lines.map((line) => z.object({ usage: z.object({ totalTokens: z.number() }) }).parse(JSON.parse(line))),
    [{ usage: { totalTokens: used } }],
  );
});

test("the key's own limit holds for a request that names none", bounded, async (t) => {
  const { stack } = await startLimited(t, { maxTokens: 10 });
  const body = chat.body('Count to 1000.');
  const answer = await send(stack.url + chat.path, { key: 'sk-limited', body });
  const [{ message: said, finish_reason: end }] = chatReply.parse(json(answer)).choices;
  assert.deepEqual([end, countTokens(said.content)], ['length', 10]);
});

test('an answer that is not ended here keeps its own usage and its connection', bounded, async (t) => {
  const stack = await startStack(t);
  for (const dialect of [chat, messages]) {
    const stop = dialect === chat ? { stop: 'never' } : { stop_sequences: ['never'] };
    const body = dialect.body('[[sim: usage input=400 output=90]] hello', { ...stop, max_tokens: 4000 });
    const answer = await send(stack.url + dialect.path, { body });
    assert.equal(answer.headers['x-gateway-warnings'], undefined);
    assert.match(answer.text, /"(completion|output)_tokens":90/);
  }
  const { requests } = stack.simulator.control.journal();
  const endings = requests.filter(({ endpoint }) => endpoint === 'responses').map(({ ending }) => ending);
  assert.deepEqual(endings, ['complete', 'complete']);
});

/** A stack with one key, `sk-limited`; `remaining` sends one more request and tells the tokens it left. */
async function startLimited(t: TestContext, limits: object) {
  const stack = await startStack(t, { keys: { limited: { limits } } });
  const remaining = async (body: object): Promise<number> => {
    const { headers } = await send(stack.url + chat.path, { key: 'sk-limited', body });
    return Number(headers['x-ratelimit-remaining-tokens']);
  };
  return { stack, remaining };
}
