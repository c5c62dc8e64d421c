import type { Reply } from '../http/reply.ts';
import { INPUT_RULES } from './input-rules.ts';
import { DETAIL_RULES, MODEL_RULES, PARAMETER_RULES } from './parameter-rules.ts';
import type { Rule, RuleContext } from './rule.ts';
import { TOOL_RULES } from './tool-rules.ts';

/** Everything the backend refuses, in its order: the model, then its own checks, then those of the model layer. */
export const REQUEST_RULES: readonly Rule[] = [
  ...MODEL_RULES,
  ...DETAIL_RULES,
  ...PARAMETER_RULES,
  ...TOOL_RULES,
  ...INPUT_RULES,
];

/** The first refusal, or undefined when the request is accepted. */
export function refuse(context: RuleContext): Reply | undefined {
  for (const { check } of REQUEST_RULES) {
    const refusal = check(context);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}
