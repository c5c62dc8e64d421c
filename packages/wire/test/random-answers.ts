import * as fc from 'fast-check';
import {
  begin,
  completed,
  customCall,
  errorEvent,
  failed,
  functionCall,
  incomplete,
  interleaved,
  message,
  noise,
  reasoning,
  refusalMessage,
  upstream,
  type RawEvent,
} from './upstream-events.ts';

/** An output item, once its place is known. */
type Script = (at: number) => readonly RawEvent[];

const deltas = fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 4 });

const prose: fc.Arbitrary<Script> = fc.oneof(
  deltas.map((texts) => (at: number) => message({ at, deltas: texts })),
  deltas.map((texts) => (at: number) => message({ at, deltas: texts, phase: 'commentary' })),
  deltas.map((texts) => (at: number) => refusalMessage({ at, deltas: texts })),
  fc.array(deltas, { maxLength: 3 }).map((summary) => (at: number) => reasoning({ at, summary })),
  fc.constant(() => noise()),
);

const call: fc.Arbitrary<Script> = fc.oneof(
  deltas.map((texts) => (at: number) => functionCall({ at, callId: `call_${at}`, name: 'f', deltas: texts })),
  deltas.map((texts) => (at: number) => customCall({ at, callId: `call_${at}`, name: 'c', deltas: texts })),
);

const ending = fc.constantFrom(
  completed(),
  completed(null),
  incomplete('max_output_tokens'),
  incomplete('steered'),
  errorEvent({ code: 'server_is_overloaded', message: 'Busy.' }),
  failed({ code: 'internal', message: 'Broken.' }),
);

/** As the backend answers: one text after the other, then calls, which it may make at the same time. */
function answerEnding(end: fc.Arbitrary<readonly RawEvent[]>) {
  return fc
    .record({
      texts: fc.array(prose, { maxLength: 4 }),
      calls: fc.array(call, { maxLength: 4 }),
      atOnce: fc.boolean(),
      end,
    })
    .map(({ texts, calls, atOnce, end: last }) => {
      const before = texts.map((script, index) => script(index));
      const after = calls.map((script, index) => script(texts.length + index));
      return upstream(begin(), ...before, ...(atOnce ? [interleaved(...after)] : after), last);
    });
}

export const answer = answerEnding(ending);
export const wholeAnswer = answerEnding(fc.constant(completed()));

/** All items at the same time, which no backend does. */
export const turmoil = fc
  .record({ scripts: fc.array(fc.oneof(prose, call), { maxLength: 5 }), end: ending })
  .map(({ scripts, end }) => upstream(begin(), interleaved(...scripts.map((script, at) => script(at))), end));
