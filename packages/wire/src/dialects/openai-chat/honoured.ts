import { isRecord } from '../../record.ts';
import { unsupportedParameter, unsupportedValue } from '../openai-refusals.ts';
import type { WarningLog } from '../warnings.ts';
import type { ChatRequest, chatRequestSchema } from './schema.ts';

/**
 * What becomes of a field; `quiet` covers what is mapped, what is done here, and what asks for nothing, `refused` and a
 * reason what must not be passed over.
 */
type Verdict = 'quiet' | 'dropped' | 'unknown' | 'refused' | { readonly because: string };
type Rule = (value: unknown) => Verdict;

/** Mapped to the upstream, or done by the gateway itself. */
const honoured: Rule = () => 'quiet';
/** Advice without an effect on the answer; the upstream refuses the field. */
const advisory: Rule = () => 'quiet';
const dropped: Rule = () => 'dropped';
/** Silence would change what the answer means. */
const refused: Rule = () => 'refused';

function droppedUnless(isNeutral: (value: unknown) => boolean): Rule {
  return (value) => (isNeutral(value) ? 'quiet' : 'dropped');
}

function refusedUnless(isNeutral: (value: unknown) => boolean, because: string): Rule {
  return (value) => (isNeutral(value) ? 'quiet' : { because });
}

function isOneOf(...values: readonly unknown[]): (value: unknown) => boolean {
  return (value) => values.includes(value);
}

/** `''`, `[]` and `{}`. */
function isEmpty(value: unknown): boolean {
  return typeof value === 'string' ? value === '' : isRecord(value) && Object.keys(value).length === 0;
}

function isTextOnly(value: unknown): boolean {
  return Array.isArray(value) && value.every(isOneOf('text'));
}

/** Ignoring a block policy would be a change of safety, ignoring a score is not. */
function moderation(value: unknown): Verdict {
  const policy = isRecord(value) ? value['policy'] : undefined;
  const steps = isRecord(policy) ? [policy['input'], policy['output']] : [];
  const blocks = steps.some((step) => isRecord(step) && step['mode'] === 'block');
  return blocks ? { because: "nothing is blocked here, 'score' is the only mode" } : 'dropped';
}

/** One row for each field of the schema; null and absent never come here. */
const rules = {
  messages: honoured,
  model: honoured,
  audio: refused,
  frequency_penalty: droppedUnless(isOneOf(0)),
  function_call: honoured,
  functions: honoured,
  logit_bias: droppedUnless(isEmpty),
  logprobs: droppedUnless(isOneOf(false)),
  max_completion_tokens: honoured,
  max_tokens: honoured,
  metadata: droppedUnless(isEmpty),
  modalities: refusedUnless(isTextOnly, 'an answer is text'),
  moderation,
  n: refusedUnless(isOneOf(1), 'a request has one answer'),
  parallel_tool_calls: honoured,
  prediction: dropped,
  presence_penalty: droppedUnless(isOneOf(0)),
  prompt_cache_key: honoured,
  prompt_cache_options: advisory,
  prompt_cache_retention: advisory,
  reasoning_effort: honoured,
  response_format: honoured,
  safety_identifier: honoured,
  seed: dropped,
  service_tier: droppedUnless(isOneOf('priority', 'fast', 'auto', 'default')),
  stop: honoured,
  store: droppedUnless(isOneOf(false)),
  stream: honoured,
  stream_options: honoured,
  temperature: droppedUnless(isOneOf(1)),
  tool_choice: honoured,
  tools: honoured,
  top_logprobs: droppedUnless(isOneOf(0)),
  top_p: droppedUnless(isOneOf(1)),
  user: honoured,
  verbosity: honoured,
  web_search_options: honoured,
  reasoning: honoured,
  usage: honoured,
  max_output_tokens: honoured,
} as const satisfies Record<keyof typeof chatRequestSchema.shape, Rule>;

/** Members that other servers of this API take, without a meaning here: not worth a warning. */
const foreign: ReadonlySet<string> = new Set([
  'thinking',
  'enable_thinking',
  'chat_template_kwargs',
  'top_k',
  'min_p',
  'repetition_penalty',
  'provider',
  'extra_body',
]);

/**
 * Declares what is not honoured, by its name.
 *
 * @throws FaultError `unsupported_parameter` or `unsupported_value` where dropping would be wrong
 */
export function declareUnhonoured(request: ChatRequest, body: unknown, warnings: WarningLog): void {
  for (const [name, value] of Object.entries(request)) {
    if (isKnown(name) && value !== null && value !== undefined) declare(name, rules[name](value), warnings);
  }
  if (!isRecord(body)) return;
  for (const name of Object.keys(body)) {
    if (!isKnown(name) && body[name] !== null) declare(name, unknownField(name), warnings);
  }
}

function declare(field: string, verdict: Verdict, warnings: WarningLog): void {
  switch (verdict) {
    case 'quiet':
      return;
    case 'dropped':
      return warnings.dropped(field);
    case 'unknown':
      return warnings.unknown(field);
    case 'refused':
      throw unsupportedParameter(field);
  }
  throw unsupportedValue(field, verdict.because);
}

function isKnown(name: string): name is keyof typeof rules {
  return Object.hasOwn(rules, name);
}

function unknownField(name: string): Verdict {
  return foreign.has(name) ? 'quiet' : 'unknown';
}
