import type { z } from 'zod';
import { invalidRequest } from '../fault.ts';

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
  const issue = result.error.issues[0];
  if (!issue) throw invalidRequest('The request body is not valid.', null);
  const { path, message, code } = deepest(issue);
  const param = fieldPath([...at, ...path], style);
  if (param === '') throw invalidRequest('The request body must be a JSON object.', null);
  const missing = code === 'invalid_type' && message.endsWith('received undefined');
  throw invalidRequest(fieldSentence[style](param, missing ? null : message), param);
}

/** What is wrong with a field (null: it is missing), in the words that clients of each API expect. */
const fieldSentence: Readonly<Record<PathStyle, (param: string, wrong: string | null) => string>> = {
  brackets: (param, wrong) =>
    wrong === null ? `Missing required parameter: '${param}'.` : `Invalid value for '${param}': ${wrong}.`,
  dots: (param, wrong) => `${param}: ${wrong ?? 'Field required'}`,
};

interface Place {
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly code: string;
}

/** Of a union's alternatives the one that got furthest is the one the client meant. */
function deepest({ path, message, code, ...rest }: z.core.$ZodIssue): Place {
  const branches = 'errors' in rest ? rest.errors.flatMap(([first]) => (first ? [deepest(first)] : [])) : [];
  const furthest = branches.toSorted((a, b) => b.path.length - a.path.length)[0];
  if (!furthest || furthest.path.length === 0) return { path, message, code };
  return { ...furthest, path: [...path, ...furthest.path] };
}
