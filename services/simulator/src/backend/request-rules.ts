import { asObjects, type JsonObject } from '../json.ts';
import { INPUT_RULES } from '../model-layer/input-rules.ts';
import { PARAMETER_RULES } from '../model-layer/parameter-rules.ts';
import type { Rule } from '../model-layer/rule.ts';
import { TOOL_RULES } from '../model-layer/tool-rules.ts';
import { type CodexContext, DETAIL_RULES, MODEL_RULES } from './detail-rules.ts';
import { detail } from './refusal.ts';

const BREAKPOINT_RULE: Rule<CodexContext> = {
  name: 'no prompt_cache_breakpoint in items and parts',
  source: 'langwatch#7507',
  check: ({ body }) =>
    asObjects(body['input']).some(hasBreakpoint)
      ? detail('Unsupported parameter: prompt_cache_breakpoint')
      : undefined,
};

function hasBreakpoint(item: JsonObject): boolean {
  const parts = [...asObjects(item['content']), ...asObjects(item['output'])];
  return [item, ...parts].some((part) => part['prompt_cache_breakpoint'] !== undefined);
}

/** Everything the backend refuses, in its order: the model, then its own checks, then those of the model layer. */
export const REQUEST_RULES: readonly Rule<CodexContext>[] = [
  ...MODEL_RULES,
  ...DETAIL_RULES,
  ...PARAMETER_RULES,
  ...TOOL_RULES,
  BREAKPOINT_RULE,
  ...INPUT_RULES,
];
