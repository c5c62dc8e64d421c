import type { AnswerItem } from '../model/answer.ts';
import type { Frame, FrameWriter } from './frames.ts';
import type { ResponseObject } from './response-object.ts';

interface LoadPlace {
  readonly index: number;
  readonly status: 'completed' | 'incomplete';
  readonly id: string;
}

// whole texts up to this size are one string, larger ones are made in blocks of it while they are sent
const BLOCK_BYTES = 64 * 1024;

/** A message of equal deltas, with one string a delta and nothing that grows with the answer. */
export function* speakLoad(
  { events, delta }: Extract<AnswerItem, { type: 'load' }>,
  { index, status, id }: LoadPlace,
  { writer, response }: { readonly writer: FrameWriter; readonly response: ResponseObject },
): Generator<Frame> {
  const at = `"item_id":"${id}","output_index":${index},"content_index":0`;
  const opened = `"output_index":${index},"item":{"id":"${id}","type":"message","role":"assistant","status":`;
  const part = '{"type":"output_text","annotations":[],"logprobs":[],"text":"';
  yield writer.frame('response.output_item.added', `${opened}"in_progress","content":[]}`);
  yield writer.frame('response.content_part.added', `${at},"part":${part}"}`);
  const write = writer.repeated('response.output_text.delta', `${at},"logprobs":[],"delta":`, '');
  const value = JSON.stringify(delta);
  for (let sent = 0; sent < events; sent += 1) yield write(value);
  const text = value.slice(1, -1);
  const whole = (type: string, before: string, after: string) =>
    writer.large(type, surround(before, text, { events, after }));
  yield whole('response.output_text.done', `${at},"text":"`, '","logprobs":[]');
  yield whole('response.content_part.done', `${at},"part":${part}`, '"}');
  response.keep(index, () => {
    const content = [{ type: 'output_text', annotations: [], logprobs: [], text: delta.repeat(events) }];
    return { id, type: 'message', role: 'assistant', status, content };
  });
  yield whole('response.output_item.done', `${opened}"${status}","content":[${part}`, '"}]}');
}

function* surround(
  before: string,
  text: string,
  { events, after }: { readonly events: number; readonly after: string },
): Generator<string> {
  yield before;
  const perBlock = Math.max(1, Math.floor(BLOCK_BYTES / Math.max(1, text.length)));
  const block = text.repeat(Math.min(perBlock, events));
  let left = events;
  for (; left >= perBlock; left -= perBlock) yield block;
  yield text.repeat(left);
  yield after;
}
