import type { CodexEvent } from '../../src/codex/events.ts';
import { customCall, functionCall, message, reasoning, type RawEvent } from '../upstream-events.ts';

// What the answers of the goldens are made of.

/** An answer of the upstream and the members of the request that shape how it is told. */
export interface AnswerCase {
  readonly name: string;
  readonly request?: Readonly<Record<string, unknown>>;
  readonly events: readonly CodexEvent[];
  /** How the stream ends; an answer that failed or was cut off has no JSON form. */
  readonly ends: 'completed' | 'incomplete' | 'failed' | 'error' | 'cut off';
}

/** An answer that is completed. */
export type WholeAnswer = Omit<AnswerCase, 'ends'>;

export const hello = message({ at: 0, deltas: ['Hel', 'lo, ', 'wörld 🌍'] });
export const oslo = functionCall({
  at: 1,
  callId: 'call_oslo',
  name: 'get_weather',
  deltas: ['{"ci', 'ty":"O', 'slo"}'],
});
export const bern = functionCall({
  at: 2,
  callId: 'call_bern',
  name: 'get_weather',
  deltas: ['{"city":', '"Bern"}'],
});
export const shell = customCall({ at: 3, callId: 'call_shell', name: 'shell', deltas: ['ls', ' -la'] });
export const thinking = reasoning({ at: 0, summary: [['First ', 'thought.'], ['Second thought.']] });
/** The backend hands out ids of some hundred characters. */
export const longId = `rs_${'z'.repeat(300)}`;
export const boom = {
  type: 'server_error',
  code: 'internal',
  message: 'Something broke upstream.',
  param: null,
};

export function only(events: readonly RawEvent[], ...types: readonly string[]): readonly RawEvent[] {
  return events.filter(({ type }) => types.includes(type));
}

export function without(events: readonly RawEvent[], ...types: readonly string[]): readonly RawEvent[] {
  return events.filter(({ type }) => !types.includes(type));
}

/** The events with these members in their items. */
export function withItem(
  events: readonly RawEvent[],
  type: string,
  members: Readonly<Record<string, unknown>>,
): readonly RawEvent[] {
  return events.map((event) => {
    const { item } = event;
    return event.type === type && typeof item === 'object'
      ? { ...event, item: { ...item, ...members } }
      : event;
  });
}
