/** What may happen next to something that is on its way. */
export interface Step {
  readonly label: string;
  readonly take: () => unknown;
}

/** A message and its answer; the first step is the one without trouble. */
interface Call {
  readonly owner: string;
  readonly steps: (standsStill: boolean) => readonly Step[];
}

export interface CallOptions<Result> {
  readonly owner: string;
  readonly label: string;
  /** What the far side does when the message arrives. */
  readonly arrive: () => Result;
  /** What a caller gets that never reached the far side, whose answer was lost, or who is refused untouched. */
  readonly unheard: readonly (readonly [label: string, end: () => Result])[];
  readonly lostAnswer: () => Result;
  /** From this moment of the timeline on the message is void; null: it may arrive at any time. */
  readonly voidAt: number | null;
}

/** Everything that is on its way between processes, store and issuer: nothing moves unless it is told to. */
export interface Network {
  readonly call: <Result>(options: CallOptions<Result>) => Promise<Result>;
  /** Of every call in the order in which they began. One whose caller stands still may arrive, and is not answered. */
  readonly steps: (standsStill: (owner: string) => boolean) => readonly (readonly Step[])[];
  /** A caller is gone. What it sent may still arrive, unless `withMessages`. */
  readonly forget: (owner: string, withMessages: boolean) => void;
}

export function createNetwork(now: () => number): Network {
  const calls = new Set<Call>();
  const gone = new Set<string>();
  return {
    call: <Result>({ owner, label, arrive, unheard, lostAnswer, voidAt }: CallOptions<Result>) => {
      const { promise, resolve, reject } = Promise.withResolvers<Result>();
      let answer: { readonly result: Result } | null = null;
      const end = (give: () => Result): void => {
        calls.delete(call);
        if (gone.has(owner)) return;
        try {
          resolve(give());
        } catch (error) {
          reject(error);
        }
      };
      const arrived = (): void => {
        answer = { result: arrive() };
        if (gone.has(owner)) calls.delete(call);
      };
      const call: Call = {
        owner,
        steps: (standsStill) => {
          if (answer !== null) {
            const { result } = answer;
            if (standsStill) return [];
            return [
              { label: `${label}: answered`, take: () => end(() => result) },
              { label: `${label}: the answer is lost`, take: () => end(lostAnswer) },
            ];
          }
          const isVoid = voidAt !== null && now() >= voidAt;
          const arrival = isVoid ? [] : [{ label: `${label}: arrives`, take: arrived }];
          if (gone.has(owner))
            return [
              { label: `${label}: is lost with its sender`, take: () => calls.delete(call) },
              ...arrival,
            ];
          if (standsStill) return arrival;
          return [
            ...arrival,
            ...unheard.map(([what, give]) => ({ label: `${label}: ${what}`, take: () => end(give) })),
          ];
        },
      };
      calls.add(call);
      return promise;
    },
    steps: (standsStill) => [...calls].map((call) => call.steps(standsStill(call.owner))),
    forget: (owner, withMessages) => {
      gone.add(owner);
      if (withMessages) for (const call of calls) if (call.owner === owner) calls.delete(call);
    },
  };
}
