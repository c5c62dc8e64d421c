import type { z } from 'zod';
import { invalidRequest, type FaultError } from '../fault.ts';
import { demanded } from './wrong-value.ts';

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

/**
 * Parses a client's body (or the part of it that stands at `at`) by schema; the first thing that is wrong is reported
 * with its place.
 */
export function parseBody<Schema extends z.ZodType>(
  schema: Schema,
  body: unknown,
  style: PathStyle,
  at: readonly PropertyKey[] = [],
): z.infer<Schema> {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const [first] = result.error.issues;
  if (!first) throw invalidRequest('The request body is not valid.', null);
  const issue = deepest(first);
  const param = fieldPath([...at, ...issue.path], style);
  if (param === '') throw invalidRequest('The request body must be a JSON object.', null);
  const isMissing = valueAt(body, issue.path) === undefined;
  throw invalidRequest(
    fieldSentence[style](param, isMissing ? null : `it must be ${demanded(issue)}`),
    param,
  );
}

/** A field that holds what it must not: `wrong` says what is the matter with it. */
export function invalidField(path: readonly PropertyKey[], wrong: string, style: PathStyle): FaultError {
  const param = fieldPath(path, style);
  return invalidRequest(fieldSentence[style](param, wrong), param);
}

/** What is wrong with a field (null: it is missing), in the words that clients of each API expect. */
export const fieldSentence: Readonly<Record<PathStyle, (param: string, wrong: string | null) => string>> = {
  brackets: (param, wrong) =>
    wrong === null ? `Missing required parameter: '${param}'.` : `Invalid value for '${param}': ${wrong}.`,
  dots: (param, wrong) => `${param}: ${wrong ?? 'Field required'}`,
};

/** Of a union's alternatives the one that got furthest is the one the client meant. */
function deepest(issue: z.core.$ZodIssue): z.core.$ZodIssue {
  if (issue.code !== 'invalid_union') return issue;
  const branches = issue.errors.flatMap(([first]) => (first ? [deepest(first)] : []));
  const furthest = branches.toSorted((a, b) => b.path.length - a.path.length)[0];
  if (!furthest || furthest.path.length === 0) return issue;
  return { ...furthest, path: [...issue.path, ...furthest.path] };
}

function valueAt(body: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, step) => (typeof value === 'object' && value !== null ? Reflect.get(value, step) : undefined),
    body,
  );
}
