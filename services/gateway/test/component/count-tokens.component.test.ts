import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { head, json, messages, open, send } from './client.ts';
import { startStack, type Stack } from './stack.ts';
import { readerOf, steppedStream } from './stepped.ts';

const bounded = { timeout: 60_000 };

const keys = { open: {}, metered: { limits: { rpm: 1, tpm: 1_000 } } };

/** What Claude Code's `/context` asks for a section of its prompt or one of its tools. */
function section(text: string, more: object = {}): object {
  return { model: 'gpt-5.5', messages: [{ role: 'user', content: text }], tools: [], ...more };
}

async function countOf({ url }: Stack, body: object, path = '/v1/messages/count_tokens'): Promise<unknown> {
  const answer = await send(url + path, { key: 'sk-open', body });
  assert.equal(answer.status, 200, answer.text);
  return json(answer);
}

test('the tokens of a body are counted here: nobody is asked and nothing is charged', bounded, async (t) => {
  const stack = await startStack(t, { keys });
  const few = await countOf(stack, section('foo'));
  assert.deepEqual(few, await countOf(stack, section('foo'), '/v1/messages/count_tokens?beta=true'));
  assert.deepEqual(few, await countOf(stack, section('foo'), '/messages/count_tokens'));
  assert.deepEqual(few, await countOf(stack, section('foo'), '/v1/v1/messages/count_tokens'));
  const { input_tokens: little } = few as { readonly input_tokens: number }; // judged by the next line
  const edited = section(`foo${' word'.repeat(1_000)}`, { context_management: { edits: [] } });
  assert.deepEqual(await countOf(stack, edited), {
    input_tokens: little + 1_000,
    context_management: { original_input_tokens: little + 1_000 },
  });
  for (let turn = 0; turn < 3; turn++) {
    const { status, headers } = await send(`${stack.url}/v1/messages/count_tokens`, {
      key: 'sk-metered',
      body: section('foo'.repeat(10_000)),
    });
    assert.deepEqual([status, headers['anthropic-ratelimit-requests-limit']], [200, undefined]);
  }
  assert.equal(stack.simulator.control.journal().counts.responses, 0);
});

function imageMessage(data: string): object {
  const source = { type: 'base64', media_type: 'image/png', data };
  return { role: 'user', content: [{ type: 'image', source }] };
}

test(
  'special tokens are plain text, and an image counts as an image, whatever its bytes',
  bounded,
  async (t) => {
    const stack = await startStack(t, { keys });
    const ofImage = (data: string): Promise<unknown> =>
      countOf(stack, section('', { messages: [imageMessage(data)] }));
    assert.deepEqual(await ofImage('A'.repeat(40)), await ofImage('A'.repeat(400_000)));
    const { input_tokens: special } = (await countOf(stack, section('<|endoftext|>'))) as {
      readonly input_tokens: number;
    }; // judged right here
    assert.ok(special > 10 && special < 30, String(special));
  },
);

test('a body that is none is refused in the words of the dialect', bounded, async (t) => {
  const { url } = await startStack(t);
  const answer = await send(`${url}/v1/messages/count_tokens`, { body: { messages: [] } });
  assert.equal(answer.status, 400);
  assert.deepEqual(json(answer), {
    type: 'error',
    error: {
      type: 'invalid_request_error',
      message: 'model: Field required',
      details: { error_code: 'invalid_request' },
    },
    request_id: answer.headers['request-id'],
  });
});

/** The opening of a streamed answer: the events before its first delta, and that. */
const OPENING = 5;
/** Far more than reach a client that has to wait for the count: that is one, or two. */
const MANY_EVENTS = 20;

test('while 200 KB of one word and 24 sections are counted a stream goes on', bounded, async (t) => {
  const stack = await startStack(t, { keys });
  const { control } = stack.simulator;
  control.set({ step: true });
  const body = messages.body('[[sim: stream events=100000 bytes=8]]', {
    stream: true,
    max_tokens: 1_000_000,
  });
  const client = new AbortController();
  const answering = head(open(stack.url + messages.path, { key: 'sk-open', body, signal: client.signal }));
  const id = await steppedStream(stack);
  await control.advance(id, OPENING);
  const { answer } = readerOf(await answering);
  answer.on('error', () => {}); // it is left at the end

  const log: ('event' | 'count')[] = [];
  const bodies = [
    section('a'.repeat(200_000)),
    ...Array.from({ length: 24 }, (_, at) => section(`section ${at}`)),
  ];
  const counts = Promise.all(
    bodies.map(async (sent) => {
      await countOf(stack, sent);
      log.push('count');
    }),
  );
  while (log.filter((entry) => entry === 'count').length < bodies.length) {
    const arrived = once(answer, 'data');
    await control.advance(id, 1);
    await arrived;
    log.push('event');
  }
  await counts;
  client.abort();
  assert.ok(log.indexOf('count') >= MANY_EVENTS, `${log.indexOf('count')} events before the first count`);
});
