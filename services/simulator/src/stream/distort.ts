import type { Directive } from '../model/directives.ts';
import { pick } from '../model/directives.ts';
import type { Frame } from './frames.ts';
import { foreignFrame } from './frames.ts';

/** What is mixed between the events of an answer, as its directives ask. The answer's own events stay as they are. */
export function distort(frames: Iterable<Frame>, directives: readonly Directive[]): Iterable<Frame> {
  let result = frames;
  const unknown = pick(directives, 'unknown');
  if (unknown !== undefined) result = mixIn(result, unknown.every, unknownFrame);
  const limits = pick(directives, 'rate_limits');
  if (limits !== undefined) result = mixIn(result, limits.every, rateLimitsFrame);
  const comments = pick(directives, 'comments');
  if (comments !== undefined) result = mixIn(result, comments.every, () => COMMENT);
  const malformed = pick(directives, 'malformed');
  if (malformed !== undefined) result = insertAfter(result, malformed.after, MALFORMED[malformed.how]);
  return pick(directives, 'crlf') === undefined ? result : withCrlf(result);
}

const COMMENT: Frame = { type: 'comment', text: ': simulated comment\n\n' };

const MALFORMED = {
  json: {
    type: 'malformed',
    text: 'event: response.output_text.delta\ndata: {"type":"response.output_text.delta","delta":"unfin\n\n',
  },
  html: { type: 'malformed', text: 'data: <html><body>upstream connect error</body></html>\n\n' },
} as const satisfies Record<string, Frame>;

function unknownFrame(): Frame {
  return foreignFrame('response.simulated_unknown', { value: { nested: [1, 'two', null] } });
}

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
