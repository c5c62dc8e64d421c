import { outputOf, usageOf, type CodexEvent, type ResponseObject } from '../../codex/events.ts';
import { refusalOfEvent } from '../../codex/refusal.ts';
import type { ToolNames } from '../../codex/tool-names.ts';
import type { Fault } from '../../fault.ts';
import { sseComment, sseDone } from '../../sse.ts';
import type { Stamp, StreamEncoder } from '../dialect.ts';
import { createIdentities } from './client-items.ts';
import { failureOf, writeError } from './failure.ts';
import { createFrameLog, takeText, writeEvent, writeLifecycle } from './frames.ts';
import { addText, closePart, partKind, tellWhole, type Growth } from './growth.ts';
import {
  abandonItem,
  announce,
  finishItem,
  growthAt,
  outputSoFar,
  type Output,
  type Place,
} from './output.ts';
import { passEvent } from './passed-events.ts';
import { reasonOf, responseObject, type Echo } from './response-object.ts';

export interface EncoderParts {
  readonly echo: Echo;
  readonly names: ToolNames;
  readonly stamp: Stamp;
}

interface Encoding extends Output {
  readonly echo: Echo;
  readonly stamp: Stamp;
  /** JSON of the response object while it runs, once it was needed. */
  running: string | null;
  /** `response.created` was sent. */
  begun: boolean;
  ended: boolean;
}

type Terminal = Extract<CodexEvent, { type: 'response.completed' | 'response.incomplete' }>;

/**
 * Streams an answer in the client's own dialect: the upstream's events in their order, cleaned of what only the upstream
 * means, numbered anew, with one response id and with the output that the upstream leaves out of its last event.
 */
export function createResponsesEncoder({ echo, names, stamp }: EncoderParts): StreamEncoder {
  const state: Encoding = {
    echo,
    stamp,
    names,
    log: createFrameLog(),
    identities: createIdentities(stamp.id),
    items: new Map(),
    running: null,
    begun: false,
    ended: false,
  };
  return {
    push: (events) => {
      for (const event of events) {
        if (state.ended) break;
        takeEvent(state, event);
      }
      return takeText(state.log);
    },
    fail: (fault) => {
      if (!state.ended) endWithError(state, fault);
      return takeText(state.log);
    },
    heartbeat: () => {
      if (state.ended) return '';
      if (!state.begun) return sseComment;
      tellRunning(state, 'response.in_progress');
      return takeText(state.log);
    },
    ended: () => state.ended,
  };
}

function takeEvent(state: Encoding, event: CodexEvent): void {
  if (event.type === 'malformed') return;
  if (event.type === 'other') {
    if (state.begun) passEvent(state, event);
    return;
  }
  begin(state);
  switch (event.type) {
    case 'response.output_text.delta':
      return grow(state, growthAt(state, 'output_text', event, event.content_index), event.delta);
    case 'response.refusal.delta':
      return grow(state, growthAt(state, 'refusal', event, event.content_index), event.delta);
    case 'response.reasoning_text.delta':
      return grow(state, growthAt(state, 'reasoning_text', event, event.content_index), event.delta);
    case 'response.reasoning_summary_text.delta':
      return grow(state, growthAt(state, 'summary_text', event, event.summary_index), event.delta);
    case 'response.function_call_arguments.delta':
      return grow(state, growthAt(state, 'arguments', event, 0), event.delta);
    case 'response.custom_tool_call_input.delta':
      return grow(state, growthAt(state, 'input', event, 0), event.delta);
    case 'response.output_text.done':
      return tell(state, growthAt(state, 'output_text', event, event.content_index), event.text);
    case 'response.refusal.done':
      return tell(state, growthAt(state, 'refusal', event, event.content_index), event.refusal);
    case 'response.reasoning_summary_text.done':
      return tell(state, growthAt(state, 'summary_text', event, event.summary_index), event.text);
    case 'response.function_call_arguments.done':
      return tell(state, growthAt(state, 'arguments', event, 0), event.arguments);
    case 'response.custom_tool_call_input.done':
      return tell(state, growthAt(state, 'input', event, 0), event.input);
    case 'response.output_item.added':
      return void announce(state, event.item, event.output_index);
    case 'response.output_item.done':
      return finishItem(state, event.item, event.output_index);
    case 'response.content_part.added':
      return void contentAt(state, event);
    case 'response.content_part.done':
      return close(state, contentAt(state, event), event);
    case 'response.reasoning_summary_part.added':
      return void growthAt(state, 'summary_text', event, event.summary_index);
    case 'response.reasoning_summary_part.done':
      return close(state, growthAt(state, 'summary_text', event, event.summary_index), event);
    case 'response.created':
      return; // `begin` has told it
    case 'response.queued':
    case 'response.in_progress':
      return tellRunning(state, event.type);
    case 'response.completed':
    case 'response.incomplete':
      return endWithAnswer(state, event);
    case 'response.failed':
    case 'error':
      return endWithRefusal(state, event);
  }
}

function grow(state: Encoding, grown: Growth | null, delta: string): void {
  if (grown) addText(state.log, grown, delta);
}

function tell(state: Encoding, grown: Growth | null, whole: string): void {
  if (grown) tellWhole(state.log, grown, whole);
}

function close(state: Encoding, grown: Growth | null, event: object): void {
  if (grown) closePart(state.log, grown, 'part' in event ? event.part : null);
}

/** The part of a message or reasoning item that an event is about; null for a kind of part that is not streamed. */
function contentAt(state: Encoding, event: Place & { readonly content_index: number }): Growth | null {
  const kind = partKind('part' in event ? event.part : null, 'content');
  return kind && growthAt(state, kind, event, event.content_index);
}

/** Sends `response.created` before anything else, whether or not the upstream did. */
function begin(state: Encoding): void {
  if (state.begun) return;
  state.begun = true;
  tellRunning(state, 'response.created');
}

function tellRunning(state: Encoding, type: string): void {
  state.running ??= JSON.stringify(
    responseObject(state.echo, state.stamp, { status: 'in_progress', output: [] }),
  );
  writeLifecycle(state.log, type, state.running);
}

function endWithAnswer(state: Encoding, { type, response }: Terminal): void {
  if (state.items.size === 0) tellUnstreamed(state, response);
  const completed = type === 'response.completed';
  if (completed) for (const open of state.items.values()) abandonItem(state, open);
  const object = responseObject(state.echo, state.stamp, {
    status: completed ? 'completed' : 'incomplete',
    output: outputSoFar(state),
    incompleteReason: completed ? null : reasonOf(response),
    usage: usageOf(response),
    upstream: response,
  });
  writeEvent(state.log, type, { response: object });
  end(state);
}

/** Items that only the last event holds are told like any others: some clients read nothing but their events. */
function tellUnstreamed(state: Encoding, response: ResponseObject): void {
  for (const [index, item] of outputOf(response).entries()) finishItem(state, item, index);
}

/** An `error` event and the failed response after it; a failed response of the upstream comes alone. */
function endWithRefusal(
  state: Encoding,
  event: Extract<CodexEvent, { type: 'error' | 'response.failed' }>,
): void {
  const fault = refusalOfEvent(event)?.fault ?? unexplained;
  if (event.type === 'error') return endWithError(state, fault);
  endWithFailure(state, fault, event.response);
}

const unexplained: Fault = { kind: 'upstream_error', message: 'The upstream failed while it answered.' };

/** SDKs throw on the `error` event; the Codex CLI passes over it and acts on the failed response. */
function endWithError(state: Encoding, fault: Fault): void {
  begin(state);
  writeError(state.log, fault);
  endWithFailure(state, fault, null);
}

function endWithFailure(state: Encoding, fault: Fault, response: ResponseObject | null): void {
  const object = responseObject(state.echo, state.stamp, {
    status: 'failed',
    output: outputSoFar(state),
    error: failureOf(fault),
    usage: response && usageOf(response),
  });
  writeEvent(state.log, 'response.failed', { response: object });
  end(state);
}

function end(state: Encoding): void {
  state.log.text += sseDone;
  state.ended = true;
}
