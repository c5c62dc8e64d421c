import assert from 'node:assert/strict';
import { APIError } from 'openai';
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
