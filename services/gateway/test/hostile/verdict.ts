import assert from 'node:assert/strict';
import { isRecord } from '@codex-gateway/wire/record.ts';
import { z } from 'zod';
import type { Answered } from '../component/client.ts';

/** What may come of a body, whatever is in it. */
export type Verdict = 'answered' | 'refused' | 'refused by the upstream';

const openAiError = z.object({
  error: z.strictObject({
    message: z.string().min(1),
    type: z.literal('invalid_request_error'),
    param: z.string().min(1).nullable(),
    code: z.string().min(1).nullable(),
  }),
});

const anthropicError = z.strictObject({
  type: z.literal('error'),
  error: z.strictObject({
    type: z.enum(['invalid_request_error', 'not_found_error', 'request_too_large']),
    message: z.string().min(1),
    details: z.looseObject({ error_code: z.string() }).optional(),
  }),
  request_id: z.string(),
});

/** Refusals without a field: nothing is wrong with the request but that there is no such thing here. */
const fieldless: ReadonlySet<string | null> = new Set(['thread_unsupported_request']);
/** The field as Anthropic writes it, in front of what is wrong with it. */
const namesField = /^[\w.]+: |^The model '/;

/** What only the upstream can know: whether bytes are an image, what it has sealed itself, and words that may be new. */
const upstreamKnowsBest =
  /does not represent a valid image|^The encrypted content|image_url'. Expected a valid URL|^Invalid value: .* Supported values are|^Unsupported tool type/s;
/** Tools that stand inside of others or of the input are not looked for here. */
const bringsTools = /"type":"(additional_tools|namespace|tool_search)"/;

function couldNotBeKnown(message: string, body: unknown): boolean {
  if (message.startsWith('Tool choice ')) return bringsTools.test(JSON.stringify(body));
  return upstreamKnowsBest.test(message);
}

/**
 * Judges the answer to a body.
 *
 * @throws AssertionError when it is neither a whole answer nor a refusal in the dialect's envelope, with the field to blame
 */
export function verdictOn({ status, headers, text }: Answered, dialect: string, body: unknown): Verdict {
  const outcome = headers['x-gateway-outcome'];
  if (status === 200) return 'answered';
  assert.ok(status >= 400 && status < 500, `${status} ${text}`);
  const said: unknown = JSON.parse(text);
  const fault = dialect === 'anthropic-messages' ? anthropicFault(said) : openAiFault(said);
  if (outcome === 'upstream_refused') {
    assert.ok(couldNotBeKnown(fault.message, body), `refused upstream, not here: ${text}`);
    return 'refused by the upstream';
  }
  assert.equal(outcome, 'client_error', text);
  if (isRecord(body) && !fieldless.has(fault.code)) assert.ok(fault.namesField, `no field is named: ${text}`);
  return 'refused';
}

interface Fault {
  readonly message: string;
  readonly code: string | null;
  readonly namesField: boolean;
}

function openAiFault(said: unknown): Fault {
  const { message, code, param } = openAiError.parse(said).error;
  return { message, code, namesField: param !== null };
}

function anthropicFault(said: unknown): Fault {
  const { message, details } = anthropicError.parse(said).error;
  return { message, code: details?.error_code ?? null, namesField: namesField.test(message) };
}
