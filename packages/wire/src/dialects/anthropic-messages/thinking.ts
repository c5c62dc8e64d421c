import type { ReasoningOptions } from '../../codex/request.ts';
import type { ResolvedModel } from '../dialect.ts';
import { effortFor } from '../model-effort.ts';
import type { WarningLog } from '../warnings.ts';
import type { Thinking } from './schema.ts';

/** What the client gets of the reasoning: no blocks, blocks with only a signature, or blocks with text. */
export type ThinkingDisplay = 'hidden' | 'sealed' | 'shown';

export interface ThinkingPlan {
  readonly reasoning: ReasoningOptions;
  readonly display: ThinkingDisplay;
}

export interface ThinkingWish {
  readonly thinking: Thinking | null;
  /** The effort in the request, the latest one where it is given more than once. */
  readonly effort: string | null;
  readonly model: ResolvedModel;
  /** Whether the model reasons at all. */
  readonly reasons: boolean;
}

const DEFAULT_ADAPTIVE_EFFORT = 'medium';

/** The largest thinking budget, in tokens, that still means this effort. */
const effortOfBudget = [
  { atMost: 2048, effort: 'low' },
  { atMost: 8192, effort: 'medium' },
  { atMost: 24_576, effort: 'high' },
] as const;

/** `thinking` and `output_config.effort` as the upstream takes them. An effort that had to be moved is declared. */
export function planThinking(wish: ThinkingWish, warnings: WarningLog): ThinkingPlan {
  if (!wish.reasons) return withoutThinking(wish, warnings);
  const asked = wantedEffort(wish);
  const field = wish.effort === null ? 'thinking' : 'output_config.effort';
  const effort = effortFor(asked, wish.model, { field, warnings });
  if (wish.effort !== null && asked !== wish.effort) warnings.clamped(field); // thinking that is disabled wins
  const display = displayOf(wish.thinking);
  const summary = summaryOf(wish, display);
  return {
    reasoning: { ...(effort !== null && { effort }), ...(summary !== null && { summary }) },
    display,
  };
}

/** What was asked of a model that does not think is declared; not to think is what it does. */
function withoutThinking({ thinking, effort }: ThinkingWish, warnings: WarningLog): ThinkingPlan {
  if (effort !== null) warnings.dropped('output_config.effort');
  if (thinking !== null && thinking.type !== 'disabled') warnings.dropped('thinking');
  return { reasoning: {}, display: 'hidden' };
}

/** Null leaves it to the model. Clients that never speak of thinking get what the model does by itself. */
function wantedEffort({ thinking, effort, model }: ThinkingWish): string | null {
  switch (thinking?.type) {
    case 'disabled':
      return effort === null && model.efforts?.includes('none') === true ? 'none' : 'low';
    case 'between_tools':
      return effort ?? 'low';
    case 'enabled':
      return effort ?? budgetEffort(thinking.budget_tokens ?? 0);
    case 'adaptive':
      return effort ?? adaptiveEffort(model);
    case undefined:
      return effort ?? model.effort;
  }
}

function adaptiveEffort({ effort, pinnedEffort }: ResolvedModel): string {
  return effort ?? pinnedEffort ?? DEFAULT_ADAPTIVE_EFFORT;
}

function budgetEffort(budget: number): string {
  return effortOfBudget.find(({ atMost }) => budget <= atMost)?.effort ?? 'xhigh';
}

/** Code that reads `content[0].text` must not meet a thinking block that it did not ask for. */
function displayOf(thinking: Thinking | null): ThinkingDisplay {
  if (thinking?.type !== 'enabled' && thinking?.type !== 'adaptive') return 'hidden';
  return thinking.display === 'omitted' ? 'sealed' : 'shown';
}

function summaryOf({ thinking, model }: ThinkingWish, display: ThinkingDisplay): string | null {
  if (display !== 'shown') return null;
  if (thinking?.display === 'updates') return 'concise';
  return model.preset?.summary ?? 'auto';
}
