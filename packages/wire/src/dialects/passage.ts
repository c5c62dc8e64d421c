import type { Fault } from '../fault.ts';
import type { Usage } from '../usage.ts';
import type { Stamp, StreamEncoder } from './dialect.ts';

/** How answers are read along with whose bytes pass as they are, in a format that the upstream itself speaks. */
export interface Passage {
  /** Follows one stream. */
  readonly follow: (answer: PassingAnswer) => StreamFollower;
  /** What a whole answer in JSON tells; what cannot be read tells nothing. */
  readonly read: (body: unknown) => AnswerEnd;
}

/** How an answer is named that breaks off before the upstream has named it. */
export interface PassingAnswer {
  readonly model: string;
  readonly stamp: Stamp;
}

/** What the end of an answer tells. */
export interface AnswerEnd {
  readonly usage: Usage | null;
  /** The failure that the upstream ended it with. */
  readonly fault: Fault | null;
}

export const nothingTold: AnswerEnd = { usage: null, fault: null };

/**
 * Knows how far a stream has come. Beside what passes it has two things to add: a heartbeat, and after a cut the ending
 * that the upstream did not give.
 */
export interface StreamFollower extends Pick<StreamEncoder, 'heartbeat' | 'fail'> {
  /**
   * Takes what has passed, in whole events or not.
   *
   * @throws FaultError for an event that is too large to be held: the stream cannot be followed any more
   */
  readonly push: (text: string) => void;
  /** Whether the upstream has told its end: nothing more is to come. */
  readonly ended: () => boolean;
  /** Whether nothing would be missing if it closed now. */
  readonly isWhole: () => boolean;
  readonly told: () => AnswerEnd;
}
