import { jsonReply, type Reply } from '../http/reply.ts';
import { type Directive, pick } from '../model/directives.ts';
import { errorTypeOf, failureIn, type StreamFault } from '../stream/failures.ts';
import { type Frame, scriptedFrames } from '../stream/frames.ts';
import { transmit, type Transmission } from '../stream/transmit.ts';
import type { Call, World } from '../world.ts';
import { apiJson, type ApiRequest } from './endpoint.ts';

/** An answer in both of its forms; only the one that is asked for is made. */
export interface ApiAnswer {
  readonly wantsStream: boolean;
  readonly directives: readonly Directive[];
  readonly stream: () => Iterable<Frame>;
  readonly whole: () => object;
}

/** Sends the answer in the form that was asked for, or gives the error that its directives ask for. */
export async function sendAnswer(
  answer: ApiAnswer,
  request: ApiRequest,
  call: Call,
  world: World,
): Promise<Reply | undefined> {
  const failure = answer.wantsStream ? undefined : failureIn(answer.directives);
  if (failure !== undefined) return failureReply(failure.fault);
  const { type, ...body } = bodyOf(answer, world.faults.takeScript());
  const compressed = isCompressed(answer.directives, call);
  call.record.status = 200;
  call.res.writeHead(200, {
    ...(type === undefined ? {} : { 'content-type': type }),
    ...request.headers(),
    ...(compressed ? { 'content-encoding': 'gzip', vary: 'Accept-Encoding' } : {}),
  });
  await transmit({ ...body, compressed }, call, world);
  return undefined;
}

interface Body extends Omit<Transmission, 'compressed'> {
  readonly type: string | undefined;
}

/** The answer, or what a test wrote in its place, as frames. */
function bodyOf(answer: ApiAnswer, script: readonly (object | string)[] | undefined): Body {
  const { directives, wantsStream } = answer;
  if (!wantsStream) {
    const text = apiJson(script === undefined ? answer.whole() : script[0]);
    return {
      type: 'application/json',
      frames: halvesOf(text),
      directives: forOneBody(directives),
      hasEvents: false,
    };
  }
  const isBare = pick(directives, 'no_content_type') !== undefined;
  return {
    type: isBare ? undefined : 'text/event-stream; charset=utf-8',
    frames: script === undefined ? answer.stream() : scriptedFrames(script),
    directives,
    hasEvents: true,
  };
}

function isCompressed(directives: readonly Directive[], { req }: Call): boolean {
  const { 'accept-encoding': accepted = '' } = req.headers;
  return pick(directives, 'gzip') !== undefined && /\bgzip\b/.test(accepted);
}

/** A body in two parts, so that it can be cut, stalled or slowed down in its middle. */
function halvesOf(text: string): readonly Frame[] {
  const middle = Math.floor(text.length / 2);
  return [text.slice(0, middle), text.slice(middle)].map((half) => ({ type: 'body', text: half }));
}

const OF_STREAMS_ONLY: ReadonlySet<string> = new Set(['stream', 'keep_open']);

/** The directives of a delivery that has two parts and no events. */
function forOneBody(directives: readonly Directive[]): readonly Directive[] {
  return directives
    .filter(({ verb }) => !OF_STREAMS_ONLY.has(verb))
    .map((directive) =>
      directive.verb === 'cut' || directive.verb === 'stall' ? { ...directive, after: 1 } : directive,
    );
}

/** The status that goes with what a stream says in an event. */
const FAILURE_STATUS: Readonly<Record<string, number>> = {
  context_length_exceeded: 400,
  invalid_prompt: 400,
  insufficient_quota: 429,
  rate_limit_exceeded: 429,
  server_is_overloaded: 503,
  slow_down: 503,
};

function failureReply({ code, message }: StreamFault): Reply {
  const status = FAILURE_STATUS[code] ?? 500;
  const type = status === 400 ? 'invalid_request_error' : errorTypeOf(code);
  return jsonReply(status, { error: { message, type, param: null, code } });
}
