import type { Directive } from '../model/directives.ts';
import { pick } from '../model/directives.ts';
import type { Frame, FrameWriter } from './frames.ts';
import type { ResponseObject } from './response-object.ts';

/** What the backend says with each `response.failed` code, as far as its words are public; else a plain sentence. */
const MESSAGES: Readonly<Record<string, string>> = {
  context_length_exceeded:
    'Your input exceeds the context window of this model. Please adjust your input and try again.',
  insufficient_quota: 'You exceeded your current quota, please check your plan and billing details.',
  usage_not_included: 'Codex is not included in your current plan. Upgrade to continue.',
  cyber_policy: 'This request was flagged for possible cybersecurity risk.',
  misalignment_policy_violation: 'This request was stopped by a safety policy.',
  invalid_prompt: 'Invalid prompt: your prompt was flagged as potentially violating our usage policy.',
  bio_policy: 'This request was flagged for possible biological risk.',
  server_is_overloaded: 'Our servers are currently overloaded. Please try again later.',
  slow_down: 'Please slow down and try again later.',
  rate_limit_exceeded: 'Rate limit reached for this model. Please try again in 1.5s.',
  usage_limit_reached: 'The usage limit has been reached',
  server_error: 'An error occurred while processing your request.',
};

const OVERLOAD_CODES = new Set(['server_is_overloaded', 'slow_down']);

export interface StreamFault {
  readonly code: string;
  readonly message: string;
}

const FAILING_VERBS = ['fail', 'overload', 'error'] as const;
type FailingVerb = (typeof FAILING_VERBS)[number];

/** What a face sends in the place of the rest of an answer that fails. */
export type FailureFrames = Readonly<Record<FailingVerb, (fault: StreamFault) => readonly Frame[]>>;

export interface Failure {
  readonly verb: FailingVerb;
  readonly after: number;
  readonly fault: StreamFault;
}

/** The failure that the directives `fail`, `overload` and `error` ask for. */
export function failureIn(directives: readonly Directive[]): Failure | undefined {
  for (const verb of FAILING_VERBS) {
    const asked = pick(directives, verb);
    if (asked !== undefined) return { verb, after: asked.after, fault: toFault(asked) };
  }
  return undefined;
}

/** Replaces the rest of an answer by the failure that its directives ask for. */
export function withFailure(
  frames: Iterable<Frame>,
  directives: readonly Directive[],
  endings: FailureFrames,
): Iterable<Frame> {
  const failure = failureIn(directives);
  if (failure === undefined) return frames;
  const { verb, after, fault } = failure;
  return replaceAfter(frames, after, () => endings[verb](fault));
}

function toFault({ code, message }: { code: string; message?: string | undefined }): StreamFault {
  return { code, message: message ?? MESSAGES[code] ?? `The model failed with ${code}.` };
}

/** The type that goes with a code in an error. */
export function errorTypeOf(code: string): string {
  return OVERLOAD_CODES.has(code) ? 'service_unavailable_error' : 'server_error';
}

interface Failing {
  readonly writer: FrameWriter;
  readonly response: ResponseObject;
}

/** The endings of a Responses stream; `errorFields` is the inside of its `error` event, where the faces differ. */
export function responsesFailures(
  { writer, response }: Failing,
  errorFields: (fault: StreamFault) => string,
): FailureFrames {
  const error = (fault: StreamFault): Frame => writer.frame('error', errorFields(fault));
  const failed = (fault: StreamFault): Frame =>
    writer.frame('response.failed', response.render({ status: 'failed', error: fault }));
  return {
    fail: (fault) => [failed(fault)],
    overload: (fault) => [error(fault), failed(fault)],
    error: (fault) => [error(fault)],
  };
}

function* replaceAfter(
  frames: Iterable<Frame>,
  after: number,
  ending: () => readonly Frame[],
): Generator<Frame> {
  let passed = 0;
  if (after > 0) {
    for (const frame of frames) {
      yield frame;
      passed += 1;
      if (passed >= after) break;
    }
  }
  yield* ending();
}
