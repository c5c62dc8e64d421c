import type { Ids } from '../ids.ts';
import type { Answer, AnswerItem } from '../model/answer.ts';
import { interleave, paddingFor, piecesOf } from './deltas.ts';
import type { Frame, FrameWriter } from './frames.ts';
import { speakLoad } from './load.ts';
import type { ResponseObject } from './response-object.ts';

/** What speaking an answer needs beside the answer. */
export interface Voice {
  readonly writer: FrameWriter;
  readonly response: ResponseObject;
  readonly ids: Ids;
  /** Encrypted content that belongs to the account of this request. */
  readonly seal: (serial: string) => string;
  readonly obfuscate: boolean;
  /** What `logprobs` holds for a text. */
  readonly logprobs: (text: string) => readonly object[];
  /** Message ids of about 400 characters, as the backend gives them at times. */
  readonly longIds: boolean;
}

type Item<Type extends AnswerItem['type']> = Extract<AnswerItem, { type: Type }>;

interface Place {
  readonly index: number;
  /** How the item ends: the last item of an incomplete answer is not completed. */
  readonly status: 'completed' | 'incomplete';
}

/** The whole event sequence of an answer, made while it is read. */
export function* speak(answer: Answer, voice: Voice): Generator<Frame> {
  yield* speakOpening(voice);
  const sequences = answer.items.map((item, index) => {
    const isLast = index === answer.items.length - 1;
    const status = isLast && answer.incompleteReason !== undefined ? 'incomplete' : 'completed';
    return { item, frames: speakItem(item, { index, status }, voice) };
  });
  const mixed = sequences.filter(({ item }) => answer.interleaved && isCall(item));
  for (const sequence of sequences) if (!mixed.includes(sequence)) yield* sequence.frames;
  yield* interleave(mixed.map(({ frames }) => frames));
  const { usage, incompleteReason } = answer;
  if (incompleteReason === undefined) {
    yield voice.writer.frame('response.completed', voice.response.render({ status: 'completed', usage }));
  } else {
    const state = { status: 'incomplete', usage, incompleteReason } as const;
    yield voice.writer.frame('response.incomplete', voice.response.render(state));
  }
}

export function* speakOpening({ writer, response }: Voice): Generator<Frame> {
  const started = response.render({ status: 'in_progress' });
  yield writer.frame('response.created', started);
  yield writer.frame('response.in_progress', started);
}

function isCall(item: AnswerItem): boolean {
  return item.type === 'function_call' || item.type === 'custom_tool_call';
}

function speakItem(item: AnswerItem, place: Place, voice: Voice): Generator<Frame> {
  switch (item.type) {
    case 'reasoning':
      return speakReasoning(item, place, voice);
    case 'message':
      return speakMessage(item, place, voice);
    case 'refusal':
      return speakRefusal(item, place, voice);
    case 'load':
      return speakLoad(item, { ...place, id: messageId(voice) }, voice);
    case 'function_call':
      return speakFunctionCall(item, place, voice);
    case 'custom_tool_call':
      return speakCustomToolCall(item, place, voice);
    case 'web_search_call':
      return speakWebSearch(item, place, voice);
    case 'compaction':
      return speakCompaction(place, voice);
  }
}

function* speakReasoning(item: Item<'reasoning'>, { index }: Place, voice: Voice): Generator<Frame> {
  const { writer } = voice;
  const id = voice.ids.next('rs_');
  const seal = item.sealed ? voice.seal(id) : undefined;
  // the blob of `added` is not yet whole; only the one of `done` can be replayed
  const opened = { id, type: 'reasoning', summary: [], encrypted_content: seal?.slice(0, seal.length / 2) };
  yield writer.frame(
    'response.output_item.added',
    `"output_index":${index},"item":${JSON.stringify(opened)}`,
  );
  for (const [part, text] of item.summary.entries()) {
    const at = `"item_id":"${id}","output_index":${index},"summary_index":${part}`;
    yield writer.frame(
      'response.reasoning_summary_part.added',
      `${at},"part":{"type":"summary_text","text":""}`,
    );
    yield* speakDeltas('response.reasoning_summary_text.delta', at, text, voice);
    const whole = JSON.stringify(text);
    yield writer.frame('response.reasoning_summary_text.done', `${at},"text":${whole}`);
    yield writer.frame(
      'response.reasoning_summary_part.done',
      `${at},"part":{"type":"summary_text","text":${whole}}`,
    );
  }
  const summary = item.summary.map((text) => ({ type: 'summary_text', text }));
  const done = { id, type: 'reasoning', summary, encrypted_content: seal };
  yield doneFrame(voice, index, done);
}

function textPart(text: string, logprobs: readonly object[] = []): object {
  return { type: 'output_text', annotations: [], logprobs, text };
}

function* speakMessage(item: Item<'message'>, place: Place, voice: Voice): Generator<Frame> {
  const { writer } = voice;
  const id = messageId(voice);
  const { index, status } = place;
  const base = { id, type: 'message', role: 'assistant', phase: item.phase };
  const at = `"item_id":"${id}","output_index":${index},"content_index":0`;
  yield addedFrame(writer, index, { ...base, status: 'in_progress', content: [] });
  yield writer.frame('response.content_part.added', `${at},"part":${JSON.stringify(textPart(''))}`);
  const logprobs = voice.logprobs(item.text);
  const part = textPart(item.text, logprobs);
  yield* speakText(at, item.text, voice);
  yield writer.frame(
    'response.output_text.done',
    `${at},"text":${JSON.stringify(item.text)},"logprobs":${JSON.stringify(logprobs)}`,
  );
  yield writer.frame('response.content_part.done', `${at},"part":${JSON.stringify(part)}`);
  yield doneFrame(voice, index, { ...base, status, content: [part] });
}

function* speakText(at: string, text: string, { writer, logprobs, obfuscate }: Voice): Generator<Frame> {
  for (const delta of piecesOf(text)) {
    const fields = `${at},"logprobs":${JSON.stringify(logprobs(delta))},"delta":${JSON.stringify(delta)}`;
    const padding = obfuscate ? `,"obfuscation":"${paddingFor(delta)}"` : '';
    yield writer.frame('response.output_text.delta', `${fields}${padding}`);
  }
}

function refusalPart(refusal: string): object {
  return { type: 'refusal', refusal };
}

function* speakRefusal(item: Item<'refusal'>, { index, status }: Place, voice: Voice): Generator<Frame> {
  const { writer } = voice;
  const id = messageId(voice);
  const base = { id, type: 'message', role: 'assistant' };
  const at = `"item_id":"${id}","output_index":${index},"content_index":0`;
  yield addedFrame(writer, index, { ...base, status: 'in_progress', content: [] });
  yield writer.frame('response.content_part.added', `${at},"part":${JSON.stringify(refusalPart(''))}`);
  yield* speakDeltas('response.refusal.delta', at, item.text, voice);
  yield writer.frame('response.refusal.done', `${at},"refusal":${JSON.stringify(item.text)}`);
  yield writer.frame('response.content_part.done', `${at},"part":${JSON.stringify(refusalPart(item.text))}`);
  yield doneFrame(voice, index, { ...base, status, content: [refusalPart(item.text)] });
}

function* speakFunctionCall(item: Item<'function_call'>, place: Place, voice: Voice): Generator<Frame> {
  const { writer, ids } = voice;
  const { index, status } = place;
  const id = ids.next('fc_');
  const base = {
    id,
    type: 'function_call',
    call_id: callId(voice),
    name: item.name,
    namespace: item.namespace,
  };
  const at = `"item_id":"${id}","output_index":${index}`;
  yield addedFrame(writer, index, { ...base, status: 'in_progress', arguments: '' });
  yield* speakDeltas('response.function_call_arguments.delta', at, item.arguments, voice);
  yield writer.frame(
    'response.function_call_arguments.done',
    `${at},"arguments":${JSON.stringify(item.arguments)}`,
  );
  yield doneFrame(voice, index, { ...base, status, arguments: item.arguments });
}

function* speakCustomToolCall(item: Item<'custom_tool_call'>, place: Place, voice: Voice): Generator<Frame> {
  const { writer, ids } = voice;
  const { index, status } = place;
  const id = ids.next('ctc_');
  const base = {
    id,
    type: 'custom_tool_call',
    call_id: callId(voice),
    name: item.name,
    namespace: item.namespace,
  };
  const at = `"item_id":"${id}","output_index":${index}`;
  yield addedFrame(writer, index, { ...base, status: 'in_progress', input: '' });
  yield* speakDeltas('response.custom_tool_call_input.delta', at, item.input, voice);
  yield writer.frame('response.custom_tool_call_input.done', `${at},"input":${JSON.stringify(item.input)}`);
  yield doneFrame(voice, index, { ...base, status, input: item.input });
}

function* speakWebSearch(item: Item<'web_search_call'>, { index }: Place, voice: Voice): Generator<Frame> {
  const { writer } = voice;
  const id = voice.ids.next('ws_');
  const at = `"item_id":"${id}","output_index":${index}`;
  const action = {
    type: 'search',
    query: item.query,
    sources: [{ type: 'url', url: 'https://example.com/simulated' }],
  };
  yield addedFrame(writer, index, { id, type: 'web_search_call', status: 'in_progress' });
  yield writer.frame('response.web_search_call.in_progress', at);
  yield writer.frame('response.web_search_call.searching', at);
  yield writer.frame('response.web_search_call.completed', at);
  yield doneFrame(voice, index, { id, type: 'web_search_call', status: 'completed', action });
}

function* speakCompaction({ index }: Place, voice: Voice): Generator<Frame> {
  const id = voice.ids.next('cmp_');
  const item = { id, type: 'compaction', encrypted_content: voice.seal(id) };
  yield addedFrame(voice.writer, index, item);
  yield doneFrame(voice, index, item);
}

function addedFrame(writer: FrameWriter, index: number, item: object): Frame {
  return writer.frame('response.output_item.added', `"output_index":${index},"item":${JSON.stringify(item)}`);
}

function doneFrame({ writer, response }: Voice, index: number, item: object): Frame {
  response.keep(index, () => item);
  return writer.frame('response.output_item.done', `"output_index":${index},"item":${JSON.stringify(item)}`);
}

const LONG_ID_LENGTH = 400;
const CALL_ID_LENGTH = 29;

function messageId({ ids, longIds }: Voice): string {
  const id = ids.next('msg_');
  return longIds ? id.padEnd(LONG_ID_LENGTH, id.slice('msg_'.length)) : id;
}

function callId({ ids }: Voice): string {
  return ids.next('call_').slice(0, CALL_ID_LENGTH);
}

/** Deltas of about a word, padded as the backend does. */
function* speakDeltas(type: string, at: string, text: string, voice: Voice): Generator<Frame> {
  const write = voice.writer.repeated(type, `${at},"delta":`, '');
  for (const delta of piecesOf(text)) {
    const value = JSON.stringify(delta);
    yield write(voice.obfuscate ? `${value},"obfuscation":"${paddingFor(delta)}"` : value);
  }
}
