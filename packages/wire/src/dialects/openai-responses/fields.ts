import { isRecord } from '../../record.ts';
import { unsupportedParameter } from '../openai-refusals.ts';
import type { WarningLog } from '../warnings.ts';
import { requestSchema, type ResponsesRequest } from './schema.ts';

interface FieldRule {
  readonly field: keyof ResponsesRequest;
  /** Values that change nothing; null never does. */
  readonly harmless: (value: unknown) => boolean;
}

const never = (): boolean => false;
const only =
  (neutral: unknown) =>
  (value: unknown): boolean =>
    value === neutral;

/** Fields that the backend refuses and nothing here replaces: sent nowhere, and declared unless harmless. */
const unheeded: readonly FieldRule[] = [
  { field: 'temperature', harmless: only(1) },
  { field: 'top_p', harmless: only(1) },
  { field: 'top_logprobs', harmless: only(0) },
  { field: 'presence_penalty', harmless: only(0) },
  { field: 'frequency_penalty', harmless: only(0) },
  { field: 'max_tool_calls', harmless: never },
  { field: 'truncation', harmless: only('disabled') },
  { field: 'metadata', harmless: (value) => isRecord(value) && Object.keys(value).length === 0 },
  { field: 'moderation', harmless: never },
  { field: 'context_management', harmless: (value) => Array.isArray(value) && value.length === 0 },
  { field: 'image', harmless: never },
  { field: 'access_programs', harmless: never },
];

/** Fields whose silent loss would change what the answer means. */
const refused: readonly FieldRule[] = [
  { field: 'conversation', harmless: never },
  { field: 'prompt', harmless: never },
  { field: 'background', harmless: only(false) },
  { field: 'moderation', harmless: (value) => !blocks(value) },
];

/** @throws FaultError `unsupported_parameter` for a field that must not be passed over in silence */
export function refuseUnsupported(request: ResponsesRequest): void {
  const found = refused.find((rule) => matters(rule, request));
  if (found) throw unsupportedParameter(found.field);
}

/** Declares what is not honoured: known fields that have no effect here, and names that nobody knows. */
export function declareUnheeded(request: ResponsesRequest, body: unknown, warnings: WarningLog): void {
  for (const rule of unheeded) if (matters(rule, request)) warnings.dropped(rule.field);
  for (const [name, value] of isRecord(body) ? Object.entries(body) : []) {
    if (value !== null && !Object.hasOwn(requestSchema.shape, name)) warnings.unknown(name);
  }
}

function matters({ field, harmless }: FieldRule, request: ResponsesRequest): boolean {
  const value = request[field] ?? null;
  return value !== null && !harmless(value);
}

/** Whether a moderation policy would stop an answer; a `score` only reports. */
function blocks(moderation: unknown): boolean {
  if (!isRecord(moderation) || !isRecord(moderation['policy'])) return false;
  return Object.values(moderation['policy']).some((rule) => isRecord(rule) && rule['mode'] === 'block');
}
