import type { z } from 'zod';
import { invalidRequest, type FaultError } from '../fault.ts';

/** How a dialect writes the place of a field: OpenAI `messages[1].role`, Anthropic `messages.1.role`. */
export type PathStyle = 'brackets' | 'dots';

export function fieldPath(path: readonly PropertyKey[], style: PathStyle): string {
  return path
    .map((step, index) => {
      if (typeof step === 'number' && style === 'brackets') return `[${step}]`;
      return index === 0 ? String(step) : `.${String(step)}`;
    })
    .join('');
}

/** Parses a client's body by schema; the first thing that is wrong is reported with its place. */
export function parseBody<Schema extends z.ZodType>(
  schema: Schema,
  body: unknown,
  style: PathStyle,
): z.infer<Schema> {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  throw fieldError(result.error.issues[0], style);
}

function fieldError(issue: z.core.$ZodIssue | undefined, style: PathStyle): FaultError {
  if (!issue) return invalidRequest('The request body is not valid.', null);
  const param = fieldPath(issue.path, style);
  if (param === '') return invalidRequest('The request body must be a JSON object.', null);
  const missing = issue.code === 'invalid_type' && issue.message.endsWith('received undefined');
  const sentence = missing
    ? `Missing required parameter: '${param}'.`
    : `Invalid value for '${param}': ${issue.message}.`;
  return invalidRequest(sentence, param);
}
