import assert from 'node:assert/strict';
import { isRecord } from '@codex-gateway/wire/record.ts';
import { chat, messages, responses, type DialectCase } from './client.ts';

interface Frame {
  readonly event: string | null;
  readonly data: unknown;
}

/** Frames of an SSE text that must be whole: every one ends with an empty line, every `data` but `[DONE]` is JSON. */
function framesOf(text: string): readonly Frame[] {
  assert.ok(text.endsWith('\n\n'), 'the last frame is whole');
  return text
    .slice(0, -2)
    .split('\n\n')
    .filter((frame) => !frame.startsWith(':'))
    .map((frame) => {
      const match = /^(?:event: (?<event>[^\n]+)\n)?data: (?<data>[^\n]+)$/.exec(frame);
      assert.ok(match?.groups, `no legal frame: ${frame}`);
      const { event = null, data = '' } = match.groups;
      return { event, data: data === '[DONE]' ? data : (JSON.parse(data) as unknown) };
    });
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  assert.ok(isRecord(value), `no object: ${JSON.stringify(value)}`);
  return value;
}

/** Chunks with choices, none of them finished, then the error and the end. */
function assertChat(frames: readonly Frame[], code: string): void {
  const bodies = frames.map(({ data, event }) => {
    assert.equal(event, null);
    return data;
  });
  assert.equal(bodies.at(-1), '[DONE]');
  assert.equal(record(record(bodies.at(-2))['error'])['code'], code);
  for (const chunk of bodies.slice(0, -2)) {
    const { choices } = record(chunk);
    assert.ok(Array.isArray(choices));
    for (const choice of choices) assert.equal(record(choice)['finish_reason'], null);
  }
}

/** Numbered events from `response.created` to `response.failed`; items are added before anything is said of them. */
function assertResponses(frames: readonly Frame[], code: string): void {
  assert.equal(frames.at(-1)?.data, '[DONE]');
  const events = frames.slice(0, -1).map(({ event, data }) => {
    const body = record(data);
    assert.equal(body['type'], event);
    return body;
  });
  assert.deepEqual(
    events.map(({ sequence_number: number }) => number),
    [...events.keys()],
  );
  const [first, last] = [events[0], events.at(-1)];
  assert.deepEqual([first?.['type'], last?.['type']], ['response.created', 'response.failed']);
  const failed = record(last?.['response']);
  assert.equal(failed['id'], record(first?.['response'])['id']);
  assert.deepEqual([failed['status'], record(failed['error'])['code']], ['failed', code]);
  const added = new Set<unknown>();
  for (const { type, output_index: index } of events) {
    if (type === 'response.output_item.added') added.add(index);
    else if (index !== undefined) assert.ok(added.has(index), `${String(type)} before its item`);
  }
  assert.equal(Array.isArray(failed['output']) ? failed['output'].length : -1, added.size);
}

/** `message_start`, blocks one after the other, then `error`; no `message_stop` after a failure. */
function assertMessages(frames: readonly Frame[], code: string): void {
  const events = frames
    .map(({ event, data }) => {
      const body = record(data);
      assert.equal(body['type'], event);
      return body;
    })
    .filter(({ type }) => type !== 'ping');
  assert.equal(events[0]?.['type'], 'message_start');
  const error = record(record(events.at(-1))['error']);
  assert.deepEqual([events.at(-1)?.['type'], record(error['details'])['error_code']], ['error', code]);
  let open: unknown = null;
  let next = 0;
  for (const { type, index } of events.slice(1, -1)) {
    if (type === 'content_block_start') {
      assert.deepEqual([open, index], [null, next]);
      [open, next] = [index, next + 1];
    } else if (type === 'content_block_delta') assert.equal(index, open);
    else if (type === 'content_block_stop') {
      assert.equal(index, open);
      open = null;
    } else assert.fail(`${String(type)} before a failure`);
  }
}

const checks: ReadonlyMap<DialectCase, (frames: readonly Frame[], code: string) => void> = new Map([
  [chat, assertChat],
  [responses, assertResponses],
  [messages, assertMessages],
]);

/** The text of a stream that ended with this error, as its dialect wants a stream to end. */
export function assertFailedStream(dialect: DialectCase, text: string, code: string): void {
  const check = checks.get(dialect);
  assert.ok(check);
  check(framesOf(text), code);
}
