import { interleave, paddingFor, piecesOf } from '../../stream/deltas.ts';
import type { Frame } from '../../stream/frames.ts';
import {
  type ChatCall,
  type ChatChoice,
  type ChatIdentity,
  type ChatText,
  hasContent,
} from './completion.ts';

const CHUNK = 'chat.completion.chunk';

export interface ChunkWriter {
  /** A chunk of one choice; `spoken` is what its padding hides the length of. */
  readonly delta: (choice: ChatChoice, delta: object, spoken?: string) => Frame;
  /** A piece of the text. */
  readonly text: (choice: ChatChoice, content: string) => Frame;
  readonly finish: (choice: ChatChoice) => Frame;
  readonly usage: (usage: object) => Frame;
}

/** How the chunks of one completion are written. */
export interface ChunkForm {
  readonly identity: ChatIdentity;
  readonly obfuscate: boolean;
  /** With usage asked for, every chunk but its own says that it has none. */
  readonly includeUsage: boolean;
}

export function createChunkWriter({ identity, obfuscate, includeUsage }: ChunkForm): ChunkWriter {
  const head = JSON.stringify({
    id: identity.id,
    object: CHUNK,
    created: identity.created,
    model: identity.model,
    service_tier: identity.serviceTier,
    system_fingerprint: identity.fingerprint,
  }).slice(0, -1);
  const chunk = (choices: readonly object[], usage: string, spoken = ''): Frame => {
    const padding = obfuscate ? `,"obfuscation":"${paddingFor(spoken)}"` : '';
    return { type: CHUNK, text: `data: ${head},"choices":${JSON.stringify(choices)}${usage}${padding}}\n\n` };
  };
  const noUsage = includeUsage ? ',"usage":null' : '';
  return {
    delta: ({ index }, delta, spoken) =>
      chunk([{ index, delta, logprobs: null, finish_reason: null }], noUsage, spoken),
    text: ({ index, logprobs }, content) => {
      const figures = logprobs === undefined ? null : logprobs(content);
      const choice = { index, delta: { content }, logprobs: figures, finish_reason: null };
      return chunk([choice], noUsage, content);
    },
    finish: ({ index, finishReason }) =>
      chunk([{ index, delta: {}, logprobs: null, finish_reason: finishReason }], noUsage),
    usage: (usage) => chunk([], `,"usage":${JSON.stringify(usage)}`),
  };
}

const DONE: Frame = { type: '[DONE]', text: 'data: [DONE]\n\n' };

/** The chunks of all choices, mixed, then the usage when it was asked for, and the sentinel. */
export function* speakChat(
  choices: readonly ChatChoice[],
  writer: ChunkWriter,
  usage: object | undefined,
): Generator<Frame> {
  yield* interleave(choices.map((choice) => speakChoice(choice, writer)));
  if (usage !== undefined) yield writer.usage(usage);
  yield DONE;
}

function* speakChoice(choice: ChatChoice, writer: ChunkWriter): Generator<Frame> {
  const { texts, refusal, calls } = choice;
  const role = { role: 'assistant', content: hasContent(choice) ? '' : null };
  const [only, ...others] = calls;
  if (texts.length === 0 && only !== undefined && others.length === 0) {
    // a call that is the whole answer opens with the role
    yield writer.delta(choice, { ...role, ...opening(choice, only, 0), refusal: null });
    yield* speakPayload(choice, only, 0, writer);
  } else {
    yield writer.delta(choice, { ...role, refusal: refusal === undefined ? null : '' });
    for (const text of texts) yield* speakText(choice, text, writer);
    for (const piece of piecesOf(refusal ?? '')) yield writer.delta(choice, { refusal: piece }, piece);
    yield* speakCalls(choice, writer);
  }
  yield writer.finish(choice);
}

function* speakText(choice: ChatChoice, text: ChatText, writer: ChunkWriter): Generator<Frame> {
  if (text.type === 'load') {
    const frame = writer.text(choice, text.delta);
    for (let sent = 0; sent < text.events; sent += 1) yield frame;
    return;
  }
  for (const content of piecesOf(text.text)) yield writer.text(choice, content);
}

function* speakCalls(choice: ChatChoice, writer: ChunkWriter): Generator<Frame> {
  const sequences = choice.calls.map((call, place) => speakCall(choice, call, place, writer));
  if (choice.interleaved) yield* interleave(sequences);
  else for (const sequence of sequences) yield* sequence;
}

function* speakCall(
  choice: ChatChoice,
  call: ChatCall,
  place: number,
  writer: ChunkWriter,
): Generator<Frame> {
  yield writer.delta(choice, opening(choice, call, place));
  yield* speakPayload(choice, call, place, writer);
}

function opening({ isLegacy }: ChatChoice, { id, type, name }: ChatCall, place: number): object {
  if (isLegacy) return { function_call: { name, arguments: '' } };
  const named = type === 'function' ? { function: { name, arguments: '' } } : { custom: { name, input: '' } };
  return { tool_calls: [{ index: place, id, type, ...named }] };
}

function* speakPayload(
  choice: ChatChoice,
  { type, payload }: ChatCall,
  place: number,
  writer: ChunkWriter,
): Generator<Frame> {
  for (const piece of piecesOf(payload)) {
    const said = type === 'function' ? { function: { arguments: piece } } : { custom: { input: piece } };
    const delta = choice.isLegacy
      ? { function_call: { arguments: piece } }
      : { tool_calls: [{ index: place, ...said }] };
    yield writer.delta(choice, delta, piece);
  }
}
