import { decodeEvent } from '../../codex/events.ts';
import { refusalOfEvent } from '../../codex/refusal.ts';
import type { Fault } from '../../fault.ts';
import { isRecord } from '../../record.ts';
import { createSseReader } from '../../sse-reader.ts';
import { sseComment, sseDone } from '../../sse.ts';
import { nothingTold, type AnswerEnd, type Passage, type StreamFollower } from '../passage.ts';
import { errorFrame } from './chunks.ts';
import { readChatUsage } from './usage.ts';

/** Completions and their chunks as the OpenAI API writes them. */
export const chatPassage: Passage = {
  follow: followChat,
  read: (body) => (isRecord(body) ? { usage: readChatUsage(body['usage']), fault: null } : nothingTold),
};

interface Following {
  told: AnswerEnd;
  /** Choices that have begun and not finished, by index. */
  readonly open: Set<unknown>;
  begun: boolean;
  ended: boolean;
}

function followChat(): StreamFollower {
  const state: Following = { told: nothingTold, open: new Set(), begun: false, ended: false };
  return {
    push: createSseReader((data) => take(state, data)),
    heartbeat: () => (state.ended ? '' : sseComment),
    fail: (fault) => fail(state, fault),
    ended: () => state.ended,
    isWhole: () => isWhole(state),
    told: () => state.told,
  };
}

function fail(state: Following, fault: Fault): string {
  if (isWhole(state)) return '';
  state.ended = true;
  return errorFrame(fault) + sseDone;
}

/** Some servers leave `[DONE]` out: when every choice has its finish reason nothing is missing. */
function isWhole({ begun, open, ended }: Following): boolean {
  return ended || (begun && open.size === 0);
}

function take(state: Following, data: string): void {
  if (data === '[DONE]') state.ended = true;
  const chunk = parsed(data);
  if (!isRecord(chunk)) return;
  const usage = readChatUsage(chunk['usage']) ?? state.told.usage;
  const fault = faultOf(chunk['error']) ?? state.told.fault;
  state.told = { usage, fault };
  state.ended ||= fault !== null;
  for (const choice of choicesOf(chunk)) {
    state.begun = true;
    if ((choice['finish_reason'] ?? null) === null) state.open.add(choice['index']);
    else state.open.delete(choice['index']);
  }
}

function choicesOf({ choices }: Readonly<Record<string, unknown>>): readonly Record<string, unknown>[] {
  return Array.isArray(choices) ? choices.filter(isRecord) : [];
}

/** An error inside a stream looks the same in both APIs. */
function faultOf(error: unknown): Fault | null {
  if (!isRecord(error)) return null;
  return refusalOfEvent(decodeEvent(JSON.stringify({ type: 'error', error })))?.fault ?? null;
}

function parsed(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return null; // `[DONE]`, or nothing that tells anything
  }
}
