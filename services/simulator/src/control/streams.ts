/** What a stepped stream has done so far. */
export interface StepReport {
  readonly eventsSent: number;
  readonly lastEvent: string | undefined;
  readonly finished: boolean;
}

/** A stream that sends an event only when it is told to. */
export interface SteppedStream {
  /** Resolves when one more event may go out, or when the signal fires. */
  readonly permit: (signal: AbortSignal) => Promise<void>;
  readonly noteSent: (eventsSent: number, lastEvent: string) => void;
  readonly noteEnded: () => void;
}

export interface Streams {
  readonly open: (id: number) => SteppedStream;
  /** Lets `count` more events go and resolves when they are written, or when the stream has ended. */
  readonly advance: (id: number, count: number) => Promise<StepReport | undefined>;
  readonly ids: () => readonly number[];
  /** Lets every stepped stream run to its end. */
  readonly releaseAll: () => void;
}

interface State {
  allowed: number;
  eventsSent: number;
  lastEvent: string | undefined;
  finished: boolean;
  wake: (() => void) | undefined;
  readonly watchers: Set<() => void>;
}

export function createStreams(onChange: () => void): Streams {
  const states = new Map<number, State>();

  function notify(state: State): void {
    for (const watch of state.watchers) watch();
    onChange();
  }

  function allow(state: State, count: number): void {
    state.allowed += count;
    state.wake?.();
  }

  return {
    open: (id) => {
      const state: State = {
        allowed: 0,
        eventsSent: 0,
        lastEvent: undefined,
        finished: false,
        wake: undefined,
        watchers: new Set(),
      };
      states.set(id, state);
      onChange();
      return toSteppedStream(state, () => notify(state));
    },
    advance: (id, count) => {
      const state = states.get(id);
      if (state === undefined) return Promise.resolve(undefined);
      const goal = state.eventsSent + count;
      return new Promise((resolve) => {
        const watch = (): void => {
          if (state.eventsSent < goal && !state.finished) return;
          state.watchers.delete(watch);
          const { eventsSent, lastEvent, finished } = state;
          resolve({ eventsSent, lastEvent, finished });
        };
        state.watchers.add(watch);
        allow(state, count);
        watch();
      });
    },
    ids: () => [...states].filter(([, { finished }]) => !finished).map(([id]) => id),
    releaseAll: () => {
      for (const state of states.values()) allow(state, Number.POSITIVE_INFINITY);
    },
  };
}

function toSteppedStream(state: State, notify: () => void): SteppedStream {
  return {
    permit: async (signal) => {
      while (state.allowed < 1 && !signal.aborted) {
        await new Promise<void>((resolve) => {
          const wake = (): void => {
            signal.removeEventListener('abort', wake);
            state.wake = undefined;
            resolve();
          };
          state.wake = wake;
          signal.addEventListener('abort', wake);
        });
      }
      state.allowed -= 1;
    },
    noteSent: (eventsSent, lastEvent) => {
      state.eventsSent = eventsSent;
      state.lastEvent = lastEvent;
      notify();
    },
    noteEnded: () => {
      state.finished = true;
      notify();
    },
  };
}
