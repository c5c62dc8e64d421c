import assert from 'node:assert/strict';
import { isRecord } from '../../src/record.ts';

export interface ReadStream {
  readonly end: 'message_stop' | 'error';
  /** The blocks with their deltas put together, tool inputs still as text. */
  readonly blocks: readonly ReadBlock[];
  readonly stopReason: unknown;
}

export interface ReadBlock {
  readonly type: unknown;
  text: string;
}

type Data = Readonly<Record<string, unknown>>;

const deltaOfBlock: Readonly<Record<string, readonly string[]>> = {
  text: ['text_delta'],
  thinking: ['thinking_delta', 'signature_delta'],
  tool_use: ['input_json_delta'],
  server_tool_use: ['input_json_delta'],
  web_search_tool_result: [],
};

/** Reads a stream as strictly as its rules are, and fails on the first breach. */
export function readStream(text: string): ReadStream {
  const frames = text
    .split('\n\n')
    .filter((frame) => frame !== '' && !frame.startsWith(':'))
    .map(readFrame);
  const last = frames.at(-1);
  assert.ok(last, 'a stream says something');
  const end = last['type'];
  assert.ok(end === 'message_stop' || end === 'error', `ends with ${String(end)}`);
  const rest = frames.slice(0, -1).filter(({ type }) => type !== 'ping');
  const [start, ...body] = rest;
  if (!start) {
    assert.equal(end, 'error');
    return { end, blocks: [], stopReason: null };
  }
  assert.equal(start['type'], 'message_start');
  const closing = end === 'message_stop' ? body.at(-1) : undefined;
  const { blocks, open } = readBlocks(closing ? body.slice(0, -1) : body);
  if (end === 'error') return { end, blocks, stopReason: null };
  assert.equal(open, false, 'no block is open at the end');
  assert.equal(closing?.['type'], 'message_delta');
  const delta = closing['delta'];
  assert.ok(isRecord(delta) && isRecord(closing['usage']));
  return { end, blocks, stopReason: delta['stop_reason'] };
}

function readFrame(frame: string): Data {
  const [nameLine = '', dataLine = '', ...more] = frame.split('\n');
  assert.ok(nameLine.startsWith('event: ') && dataLine.startsWith('data: ') && more.length === 0, frame);
  const data: unknown = JSON.parse(dataLine.slice('data: '.length));
  assert.ok(isRecord(data));
  assert.equal(data['type'], nameLine.slice('event: '.length));
  return data;
}

function readBlocks(frames: readonly Data[]) {
  const blocks: ReadBlock[] = [];
  let open = false;
  for (const { type, index, content_block: block, delta } of frames) {
    if (type === 'content_block_start') {
      assert.equal(open, false, 'one block at a time');
      assert.equal(index, blocks.length, 'indexes are dense');
      assert.ok(isRecord(block));
      blocks.push({ type: block['type'], text: '' });
      open = true;
      continue;
    }
    assert.equal(open, true, `${String(type)} within a block`);
    assert.equal(index, blocks.length - 1);
    if (type === 'content_block_stop') open = false;
    else takeDelta(type, delta, blocks.at(-1));
  }
  return { blocks, open };
}

function takeDelta(type: unknown, delta: unknown, block: ReadBlock | undefined): void {
  assert.equal(type, 'content_block_delta');
  assert.ok(isRecord(delta) && block && typeof block.type === 'string');
  const { type: kind, text, thinking, partial_json: json } = delta;
  assert.ok(
    typeof kind === 'string' && deltaOfBlock[block.type]?.includes(kind),
    `${String(kind)} in ${block.type}`,
  );
  const said = text ?? thinking ?? json ?? '';
  assert.ok(typeof said === 'string');
  block.text += said;
}
