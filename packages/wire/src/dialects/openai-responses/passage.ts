import { createEventReader } from '../../codex/event-reader.ts';
import {
  isTerminal,
  readResponse,
  usageOf,
  type CodexEvent,
  type ResponseObject,
} from '../../codex/events.ts';
import { createFold, type Fold } from '../../codex/fold.ts';
import { refusalOfEvent } from '../../codex/refusal.ts';
import type { Fault } from '../../fault.ts';
import { isRecord } from '../../record.ts';
import { sseComment, sseDone } from '../../sse.ts';
import { noUsage } from '../../usage.ts';
import {
  nothingTold,
  type AnswerEnd,
  type Passage,
  type PassingAnswer,
  type StreamFollower,
} from '../passage.ts';
import { failureOf, writeError } from './failure.ts';
import { takeText, writeEvent, writeLifecycle, type FrameLog } from './frames.ts';
import { responseObject } from './response-object.ts';

/** Responses and their events as the OpenAI API and the Codex backend write them. */
export const responsesPassage: Passage = { follow: followResponses, read: readAnswer };

type Body = Readonly<Record<string, unknown>>;

interface Following {
  readonly answer: PassingAnswer;
  readonly fold: Fold;
  /** The response as the upstream has shown it last; null before it has shown any. */
  response: Body | null;
  /** Of the last event; -1 before the first. */
  sequence: number;
  ended: boolean;
  told: AnswerEnd;
}

function followResponses(answer: PassingAnswer): StreamFollower {
  const reader = createEventReader();
  const state: Following = {
    answer,
    fold: createFold(),
    response: null,
    sequence: -1,
    ended: false,
    told: nothingTold,
  };
  return {
    push: (text) => {
      for (const event of reader.push(text)) take(state, event);
    },
    heartbeat: () => heartbeat(state),
    fail: (fault) => fail(state, fault),
    ended: () => state.ended,
    isWhole: () => state.ended,
    told: () => state.told,
  };
}

function take(state: Following, event: CodexEvent): void {
  if (event.type === 'malformed') return;
  state.fold.push([event]);
  const { sequence_number: sequence, response }: Body = event.type === 'other' ? event.body : event;
  if (typeof sequence === 'number') state.sequence = sequence;
  if (isRecord(response)) state.response = response;
  if (!isTerminal(event) || state.ended) return;
  state.ended = true;
  state.told = {
    usage: 'response' in event ? usageOf(event.response) : null,
    fault: refusalOfEvent(event)?.fault ?? null,
  };
}

/**
 * What the upstream said of the answer, once more and under the number of the last event: the numbers that follow are
 * the upstream's, and a client that goes on after the last number it has seen must not be led past one of them.
 */
function heartbeat({ response, sequence, ended }: Following): string {
  if (ended) return '';
  if (response === null) return sseComment;
  const log: FrameLog = { text: '', sequence };
  writeLifecycle(log, 'response.in_progress', JSON.stringify(response));
  return takeText(log);
}

/** An `error` event and the failed response after it, as every stream here ends that broke off. */
function fail(state: Following, fault: Fault): string {
  if (state.ended) return '';
  state.ended = true;
  const log: FrameLog = { text: '', sequence: state.sequence + 1 };
  const running = state.response ?? unnamed(state.answer);
  if (state.response === null) writeLifecycle(log, 'response.created', JSON.stringify(running));
  writeError(log, fault);
  const output = state.fold.items().map(({ item }) => item);
  writeEvent(log, 'response.failed', {
    response: { ...running, status: 'failed', output, error: failureOf(fault) },
  });
  return takeText(log) + sseDone;
}

function unnamed({ model, stamp }: PassingAnswer): Body {
  return responseObject({ model }, stamp, { status: 'in_progress', output: [] });
}

/** A response, a compaction, or a count of tokens, which costs nothing. */
function readAnswer(body: unknown): AnswerEnd {
  const response = readResponse(body);
  if (!response || !isRecord(body)) return nothingTold;
  if (body['object'] === 'response.input_tokens') return { usage: noUsage, fault: null };
  return {
    usage: usageOf(response),
    fault: body['status'] === 'failed' ? faultOf(response) : null,
  };
}

function faultOf(response: ResponseObject): Fault | null {
  return refusalOfEvent({ type: 'response.failed', response })?.fault ?? null;
}
