import type { Directive } from '../model/directives.ts';
import { pick } from '../model/directives.ts';
import type { Frame } from './frames.ts';
import type { Voice } from './speech.ts';

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

/** Replaces the rest of an answer by a failure, as `fail`, `overload` and `error` ask. */
export function withFailure(
  frames: Iterable<Frame>,
  voice: Voice,
  directives: readonly Directive[],
): Iterable<Frame> {
  const fail = pick(directives, 'fail');
  if (fail !== undefined) return replaceAfter(frames, fail.after, () => [failedFrame(voice, toFault(fail))]);
  const overload = pick(directives, 'overload');
  if (overload !== undefined) {
    const fault = toFault(overload);
    return replaceAfter(frames, overload.after, () => [errorFrame(voice, fault), failedFrame(voice, fault)]);
  }
  const error = pick(directives, 'error');
  if (error === undefined) return frames;
  return replaceAfter(frames, error.after, () => [errorFrame(voice, toFault(error))]);
}

interface StreamFault {
  readonly code: string;
  readonly message: string;
}

function toFault({ code, message }: { code: string; message?: string | undefined }): StreamFault {
  return { code, message: message ?? MESSAGES[code] ?? `The model failed with ${code}.` };
}

function errorFrame({ writer }: Voice, { code, message }: StreamFault): Frame {
  const type = OVERLOAD_CODES.has(code) ? 'service_unavailable_error' : 'server_error';
  const known = code === 'usage_limit_reached' ? { plan_type: 'plus', resets_in_seconds: 1800 } : {};
  const error = { type: code === 'usage_limit_reached' ? code : type, code, message, param: null, ...known };
  return writer.frame('error', `"error":${JSON.stringify(error)}`);
}

function failedFrame({ writer, response }: Voice, error: StreamFault): Frame {
  return writer.frame('response.failed', response.render({ status: 'failed', error }));
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
