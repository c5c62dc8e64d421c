import type { Directive } from '../model/directives.ts';
import { parseDirective } from '../model/directives.ts';
import type { RefreshFault } from '../issuer/refresh-faults.ts';

/** What the next requests get, in order, whatever their prompt says. */
export interface FaultQueue {
  /** Directives, written as inside `[[sim: …]]`, for the next `times` answers. */
  readonly nextResponses: (directives: readonly string[], times?: number) => void;
  readonly nextModels: (directive: string, times?: number) => void;
  readonly nextRefreshes: (fault: RefreshFault, times?: number) => void;
  /** Events to send verbatim instead of the model's: objects become SSE events, strings go out as they are. */
  readonly nextScript: (events: readonly (object | string)[]) => void;
  readonly takeForResponses: () => readonly Directive[];
  readonly takeForModels: () => readonly Directive[];
  readonly takeForRefresh: () => RefreshFault | undefined;
  readonly takeScript: () => readonly (object | string)[] | undefined;
  /** Whether a directive limited by `times` still applies to requests with this key; counts the use. */
  readonly stillApplies: (key: string, directive: Directive) => boolean;
  readonly reset: () => void;
}

interface Queue<Item> {
  readonly add: (item: Item, times: number) => void;
  readonly take: () => Item | undefined;
  readonly clear: () => void;
}

function createQueue<Item>(): Queue<Item> {
  let entries: { readonly item: Item; left: number }[] = [];
  return {
    add: (item, times) => {
      entries.push({ item, left: times });
    },
    take: () => {
      const [first] = entries;
      if (first === undefined) return undefined;
      first.left -= 1;
      if (first.left <= 0) entries.shift();
      return first.item;
    },
    clear: () => {
      entries = [];
    },
  };
}

export function createFaultQueue(): FaultQueue {
  const responses = createQueue<readonly Directive[]>();
  const models = createQueue<readonly Directive[]>();
  const refreshes = createQueue<RefreshFault>();
  const scripts = createQueue<readonly (object | string)[]>();
  const uses = new Map<string, number>();
  return {
    nextResponses: (directives, times = 1) => responses.add(directives.map(parseDirective), times),
    nextModels: (directive, times = 1) => models.add([parseDirective(directive)], times),
    nextRefreshes: (fault, times = 1) => refreshes.add(fault, times),
    nextScript: (events) => scripts.add(events, 1),
    takeForResponses: () => responses.take() ?? [],
    takeForModels: () => models.take() ?? [],
    takeForRefresh: () => refreshes.take(),
    takeScript: () => scripts.take(),
    stillApplies: (key, directive) => {
      if (!('times' in directive) || directive.times === undefined) return true;
      const use = `${directive.verb}\n${key}`;
      const used = uses.get(use) ?? 0;
      uses.set(use, used + 1);
      return used < directive.times;
    },
    reset: () => {
      responses.clear();
      models.clear();
      refreshes.clear();
      scripts.clear();
      uses.clear();
    },
  };
}
