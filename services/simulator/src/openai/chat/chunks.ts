import { interleave, paddingFor, piecesOf } from '../../stream/deltas.ts';
import type { Frame } from '../../stream/frames.ts';
import type { ChatCall, ChatChoice, ChatIdentity, ChatText } from './completion.ts';

const CHUNK = 'chat.completion.chunk';

export interface ChunkWriter {
  /** A chunk of one choice; `spoken` is what its padding hides the length of. */
  readonly delta: (index: number, delta: object, spoken?: string) => Frame;
  readonly finish: (index: number, reason: string) => Frame;
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
    service_tier: 'default',
    system_fingerprint: identity.fingerprint,
  }).slice(0, -1);
  const chunk = (choices: string, usage: string, spoken: string): Frame => {
    const padding = obfuscate ? `,"obfuscation":"${paddingFor(spoken)}"` : '';
    return { type: CHUNK, text: `data: ${head},"choices":[${choices}]${usage}${padding}}\n\n` };
  };
  const noUsage = includeUsage ? ',"usage":null' : '';
  return {
    delta: (index, delta, spoken = '') => chunk(choiceOf(index, delta, null), noUsage, spoken),
    finish: (index, reason) => chunk(choiceOf(index, {}, reason), noUsage, ''),
    usage: (usage) => chunk('', `,"usage":${JSON.stringify(usage)}`, ''),
  };
}

function choiceOf(index: number, delta: object, reason: string | null): string {
  return `{"index":${index},"delta":${JSON.stringify(delta)},"logprobs":null,"finish_reason":${JSON.stringify(reason)}}`;
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
  const { index, texts, refusal, calls } = choice;
  const role = { role: 'assistant', content: texts.length > 0 ? '' : null };
  const [only, ...others] = calls;
  if (texts.length === 0 && only !== undefined && others.length === 0) {
    // a call that is the whole answer opens with the role
    yield writer.delta(index, { ...role, ...opening(choice, only, 0), refusal: null });
    yield* speakPayload(choice, only, 0, writer);
  } else {
    yield writer.delta(index, { ...role, refusal: refusal === undefined ? null : '' });
    for (const text of texts) yield* speakText(index, text, writer);
    for (const piece of piecesOf(refusal ?? '')) yield writer.delta(index, { refusal: piece }, piece);
    yield* speakCalls(choice, writer);
  }
  yield writer.finish(index, choice.finishReason);
}

function* speakText(index: number, text: ChatText, writer: ChunkWriter): Generator<Frame> {
  if (text.type === 'load') {
    const frame = writer.delta(index, { content: text.delta }, text.delta);
    for (let sent = 0; sent < text.events; sent += 1) yield frame;
    return;
  }
  for (const content of piecesOf(text.text)) yield writer.delta(index, { content }, content);
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
  yield writer.delta(choice.index, opening(choice, call, place));
  yield* speakPayload(choice, call, place, writer);
}

function opening({ isLegacy }: ChatChoice, { id, type, name }: ChatCall, place: number): object {
  if (isLegacy) return { function_call: { name, arguments: '' } };
  const named = type === 'function' ? { function: { name, arguments: '' } } : { custom: { name, input: '' } };
  return { tool_calls: [{ index: place, id, type, ...named }] };
}

function* speakPayload(
  { index, isLegacy }: ChatChoice,
  { type, payload }: ChatCall,
  place: number,
  writer: ChunkWriter,
): Generator<Frame> {
  for (const piece of piecesOf(payload)) {
    const said = type === 'function' ? { function: { arguments: piece } } : { custom: { input: piece } };
    const delta = isLegacy
      ? { function_call: { arguments: piece } }
      : { tool_calls: [{ index: place, ...said }] };
    yield writer.delta(index, delta, piece);
  }
}
