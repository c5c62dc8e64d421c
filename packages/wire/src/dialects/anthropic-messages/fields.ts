import type { RequestOptions, UpstreamTraits } from '../../codex/upstream.ts';
import { FaultError } from '../../fault.ts';
import { isRecord } from '../../record.ts';
import type { WarningLog } from '../warnings.ts';

/** What becomes of a top-level field: nothing to say, declared as not honoured, or refused. */
type Verdict = 'quiet' | 'dropped' | 'unknown' | 'refused';
type Rule = (value: unknown, upstream: UpstreamTraits) => Verdict;

/** Mapped to the upstream, or done by the gateway itself. */
const honoured: Rule = () => 'quiet';
/** Advice about caching, billing or routing at the vendor, without an effect on the answer. */
const advice: Rule = () => 'quiet';
const dropped = (value: unknown): Verdict => (isEmpty(value) ? 'quiet' : 'dropped');
const refused: Rule = (value) => (isEmpty(value) ? 'quiet' : 'refused');
const unknown: Rule = (value) => (isEmpty(value) ? 'quiet' : 'unknown');
/** Told to an upstream that takes it; to others a value that changes nothing need not be told. */
const toldAs =
  (option: keyof RequestOptions, neutral: unknown): Rule =>
  (value, { takes }) =>
    takes.has(option) || value === neutral ? 'quiet' : dropped(value);

/** The value of the sampling parameters that changes nothing; models that reason may refuse to be told it. */
export const NEUTRAL = 1;

/** Every field of the Messages API, generally available and beta (@anthropic-ai/sdk 1.11, `MessageCreateParamsBase`). */
const rules: Readonly<Record<string, Rule>> = {
  model: honoured,
  messages: honoured,
  system: honoured,
  tools: honoured,
  tool_choice: honoured,
  thinking: honoured,
  output_config: honoured,
  output_format: honoured,
  metadata: honoured,
  stream: honoured,
  speed: honoured,
  context_management: honoured, // edits are an optimisation at the vendor; the answer says that none was applied
  max_tokens: honoured,
  stop_sequences: honoured,

  temperature: toldAs('temperature', NEUTRAL),
  top_p: toldAs('top_p', NEUTRAL),
  top_k: dropped,

  cache_control: advice,
  service_tier: advice,
  inference_geo: advice,
  diagnostics: advice,
  fallbacks: advice,
  fallback_credit_token: advice,
  billing_policy: advice,
  user_profile_id: advice,
  workspace_id: advice,
  betas: advice,
  safeguards: advice, // Claude Code in a terminal

  container: refused,
  mcp_servers: refused,
  compaction: refused,
};

/**
 * Declares what a body asks for in vain; fields that nobody knows are among them.
 *
 * @throws FaultError for a field whose silent loss would change what the request means
 */
export function declareFields(body: unknown, upstream: UpstreamTraits, warnings: WarningLog): void {
  if (!isRecord(body)) return;
  const config = body['output_config'];
  if (isRecord(config) && !isEmpty(config['task_budget'])) warnings.dropped('output_config.task_budget');
  for (const name of Object.keys(body)) {
    const verdict = (Object.hasOwn(rules, name) ? rules[name] : undefined) ?? unknown;
    switch (verdict(body[name], upstream)) {
      case 'quiet':
        break;
      case 'dropped':
        warnings.dropped(name);
        break;
      case 'unknown':
        warnings.unknown(name);
        break;
      case 'refused':
        throw new FaultError({
          kind: 'unsupported_parameter',
          message: `${name}: not supported by this gateway`,
          param: name,
        });
    }
  }
}

/**
 * A thread lives at the vendor: its second request carries only what is new. The SDK's tool runner asks for one by
 * default, and on exactly this refusal it sends the whole history instead.
 *
 * @throws FaultError `thread_unsupported_request`
 */
export function refuseThread(body: unknown): void {
  if (!isRecord(body) || isEmpty(body['thread'])) return;
  throw new FaultError({
    kind: 'thread_unsupported_request',
    message: 'Message threads are not supported by this gateway.',
  });
}

function isEmpty(value: unknown): boolean {
  return value === null || value === undefined || (Array.isArray(value) && value.length === 0);
}
