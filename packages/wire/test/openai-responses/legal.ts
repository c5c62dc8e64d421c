import assert from 'node:assert/strict';
import { APIError } from 'openai';
import { isRecord } from '../../src/record.ts';
import { sdkClient } from '../openai-chat/sdk-client.ts';
import { readFrames, type ReadFrame } from './frames.ts';

const terminals = new Set(['response.completed', 'response.incomplete', 'response.failed']);

export function responseOf({ data }: ReadFrame): Readonly<Record<string, unknown>> {
  const { response } = data;
  assert.ok(typeof response === 'object' && response !== null);
  return { ...response };
}

/** What every stream must be, whatever came from upstream. */
export function assertLegal(text: string): void {
  const frames = readFrames(text);
  assert.deepEqual(
    frames.map(({ data }) => data['sequence_number']),
    frames.map((_frame, index) => index),
  );
  assert.equal(frames[0]?.event, 'response.created');
  assert.deepEqual(
    frames.filter(({ event }) => terminals.has(event)).map((frame) => frames.indexOf(frame)),
    [frames.length - 1],
  );
  const ids = frames.filter(({ data }) => 'response' in data).map((frame) => responseOf(frame)['id']);
  assert.deepEqual([...new Set(ids)], ['resp_0123456789abcdef']);
  assertItems(frames);
}

interface ToldItem {
  readonly item: Readonly<Record<string, unknown>>;
  /** How many parts each list has by now. */
  readonly parts: Map<string, number>;
  done: boolean;
}

/** Items come in order and with ids of their own that never change; what belongs to one comes while it is open. */
function assertItems(frames: readonly ReadFrame[]): void {
  const told: ToldItem[] = [];
  for (const { event, data } of frames) {
    const { output_index: index, item } = data;
    if (index === undefined) continue;
    if (event === 'response.output_item.added') {
      assert.equal(index, told.length);
      assert.ok(isRecord(item) && typeof item['id'] === 'string' && item['id'] !== '');
      assert.ok(!told.some((other) => other.item['id'] === item['id']));
      told.push({ item, parts: new Map(), done: false });
      continue;
    }
    const open = told[Number(index)];
    assert.ok(open && !open.done, `${event} belongs to an open item`);
    if (event !== 'response.output_item.done') {
      assert.equal(data['item_id'], open.item['id']);
      if (partEvents.test(event)) assertPart(open, event, data);
    } else {
      assert.ok(isRecord(item));
      for (const name of ['id', 'type']) assert.equal(item[name], open.item[name]);
      if (typeof open.item['call_id'] === 'string') assert.equal(item['call_id'], open.item['call_id']);
      open.done = true;
    }
  }
  const last = frames.at(-1);
  const { output } = last ? responseOf(last) : {};
  assert.ok(Array.isArray(output));
  assert.deepEqual(
    output.map((item: unknown) => isRecord(item) && item['id']),
    told.map(({ item }) => item['id']),
  );
}

const partEvents = /^response\.(content_part|output_text|refusal|reasoning)/;

/** A part is announced before anything else of it, and in order. */
function assertPart({ parts }: ToldItem, event: string, data: ReadFrame['data']): void {
  for (const list of ['content_index', 'summary_index']) {
    const index = data[list];
    if (typeof index !== 'number') continue;
    const count = parts.get(list) ?? 0;
    if (event.endsWith('_part.added')) {
      assert.equal(index, count);
      parts.set(list, count + 1);
    } else assert.ok(index >= 0 && index < count, `${event} belongs to an announced part`);
  }
}

/** The SDK may throw what the stream reports, never because of how it is told. */
export async function assertReadable(text: string): Promise<void> {
  const client = sdkClient(text, 'text/event-stream');
  try {
    await client.responses.stream({ model: 'gpt-5.5', input: 'Go.' }).finalResponse();
  } catch (error) {
    assert.ok(error instanceof APIError && error.code, String(error));
  }
}
