import type { Directive } from '../model/directives.ts';
import { pick } from '../model/directives.ts';
import type { Frame } from './frames.ts';
import { foreignFrame } from './frames.ts';

/** What may be found between the events of a stream that does not belong to the answer. */
export interface Noise {
  readonly unknown: () => Frame;
  readonly rateLimits: () => Frame;
  readonly malformed: Readonly<Record<'json' | 'html', Frame>>;
}

/** What is mixed between the events of an answer, as its directives ask. The answer's own events stay as they are. */
export function distort(
  frames: Iterable<Frame>,
  directives: readonly Directive[],
  noise: Noise,
): Iterable<Frame> {
  let result = frames;
  const unknown = pick(directives, 'unknown');
  if (unknown !== undefined) result = mixIn(result, unknown.every, noise.unknown);
  const limits = pick(directives, 'rate_limits');
  if (limits !== undefined) result = mixIn(result, limits.every, noise.rateLimits);
  const comments = pick(directives, 'comments');
  if (comments !== undefined) result = mixIn(result, comments.every, () => COMMENT);
  const malformed = pick(directives, 'malformed');
  if (malformed !== undefined) result = insertAfter(result, malformed.after, noise.malformed[malformed.how]);
  return pick(directives, 'crlf') === undefined ? result : withCrlf(result);
}

const COMMENT: Frame = { type: 'comment', text: ': simulated comment\n\n' };

export const MALFORMED_HTML: Frame = {
  type: 'malformed',
  text: 'data: <html><body>upstream connect error</body></html>\n\n',
};

/** The noise of a Responses stream. */
export const RESPONSES_NOISE: Noise = {
  unknown: () => foreignFrame('response.simulated_unknown', { value: { nested: [1, 'two', null] } }),
  rateLimits: rateLimitsFrame,
  malformed: {
    json: {
      type: 'malformed',
      text: 'event: response.output_text.delta\ndata: {"type":"response.output_text.delta","delta":"unfin\n\n',
    },
    html: MALFORMED_HTML,
  },
};

function rateLimitsFrame(): Frame {
  return foreignFrame('codex.rate_limits', {
    plan_type: 'plus',
    rate_limits: {
      allowed: true,
      limit_reached: false,
      primary: { used_percent: 12, window_minutes: 300, reset_at: 1_800_000_000 },
      secondary: { used_percent: 5, window_minutes: 10_080, reset_at: 1_800_500_000 },
    },
    credits: null,
    metered_limit_name: 'codex',
    limit_name: null,
  });
}

function* mixIn(frames: Iterable<Frame>, every: number, make: () => Frame): Generator<Frame> {
  let passed = 0;
  for (const frame of frames) {
    yield frame;
    passed += 1;
    if (passed % every === 0) yield make();
  }
}

function* insertAfter(frames: Iterable<Frame>, after: number, extra: Frame): Generator<Frame> {
  if (after === 0) yield extra;
  let passed = 0;
  for (const frame of frames) {
    yield frame;
    passed += 1;
    if (passed === after) yield extra;
  }
}

function* withCrlf(frames: Iterable<Frame>): Generator<Frame> {
  for (const frame of frames) {
    const text = frame.text.replaceAll('\n', '\r\n');
    yield frame.pieces === undefined
      ? { ...frame, text }
      : { ...frame, text, pieces: piecesWithCrlf(frame.pieces) };
  }
}

function* piecesWithCrlf(pieces: Iterable<string>): Generator<string> {
  for (const piece of pieces) yield piece.replaceAll('\n', '\r\n');
}
