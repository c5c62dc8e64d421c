import { z } from 'zod';

const count = (fallback: number) => z.coerce.number().int().min(0).default(fallback);
const optionalCount = () => z.coerce.number().int().min(0).optional();
/** How many requests with this very prompt (or from the control queue) are affected; all when absent. */
const times = optionalCount();
/** How many SSE events are sent before the fault. `response.created` and `response.in_progress` are the first two. */
const after = count(2);

const directiveSchema = z.discriminatedUnion('verb', [
  z.strictObject({ verb: z.literal('call'), tool: z.string().min(1), payload: z.string() }),
  z.strictObject({ verb: z.literal('shell'), payload: z.string().min(1) }),
  z.strictObject({ verb: z.literal('sequential') }),
  z.strictObject({ verb: z.literal('interleaved') }),
  z.strictObject({
    verb: z.literal('stream'),
    events: count(100),
    bytes: count(40),
    rate: z.coerce.number().positive().optional(),
    pause: count(0),
    every: count(0),
    times,
  }),
  z.strictObject({ verb: z.literal('slow'), ms: count(100), times }),
  z.strictObject({ verb: z.literal('reasoning'), parts: count(1), words: count(24) }),
  z.strictObject({ verb: z.literal('commentary') }),
  z.strictObject({ verb: z.literal('refusal') }),
  z.strictObject({ verb: z.literal('search'), query: z.string().default('simulated query') }),
  z.strictObject({ verb: z.literal('empty') }),
  z.strictObject({
    verb: z.literal('usage'),
    input: optionalCount(),
    cached: optionalCount(),
    output: optionalCount(),
    reasoning: optionalCount(),
  }),
  z.strictObject({ verb: z.literal('long_ids') }),
  z.strictObject({
    verb: z.literal('fail'),
    code: z.string().default('server_error'),
    message: z.string().optional(),
    after,
    times,
  }),
  z.strictObject({
    verb: z.literal('overload'),
    code: z.string().default('server_is_overloaded'),
    message: z.string().optional(),
    after,
    times,
  }),
  z.strictObject({
    verb: z.literal('error'),
    code: z.string().default('server_error'),
    message: z.string().optional(),
    after,
    times,
  }),
  z.strictObject({
    verb: z.literal('incomplete'),
    reason: z.string().default('max_output_tokens'),
    words: count(8),
    times,
  }),
  z.strictObject({ verb: z.literal('cut'), after, how: z.enum(['end', 'reset']).default('end'), times }),
  z.strictObject({ verb: z.literal('stall'), after, times }),
  z.strictObject({
    verb: z.literal('malformed'),
    after,
    how: z.enum(['json', 'html']).default('json'),
    times,
  }),
  z.strictObject({ verb: z.literal('split'), bytes: z.coerce.number().int().min(1).default(1) }),
  z.strictObject({ verb: z.literal('crlf') }),
  z.strictObject({ verb: z.literal('comments'), every: z.coerce.number().int().min(1).default(1) }),
  z.strictObject({ verb: z.literal('unknown'), every: z.coerce.number().int().min(1).default(1) }),
  z.strictObject({ verb: z.literal('rate_limits'), every: z.coerce.number().int().min(1).default(4) }),
  z.strictObject({ verb: z.literal('no_content_type') }),
  z.strictObject({ verb: z.literal('gzip') }),
  z.strictObject({ verb: z.literal('keep_open') }),
  z.strictObject({ verb: z.literal('step') }),
  z.strictObject({
    verb: z.literal('status'),
    status: z.coerce.number().int().min(400).max(599),
    kind: z.string().optional(),
    retry_after: optionalCount(),
    times,
  }),
  z.strictObject({ verb: z.literal('hang'), times }),
  z.strictObject({ verb: z.literal('drop'), times }),
]);

/** One instruction to the simulator, from a prompt, a model name or the control endpoint. */
export type Directive = z.infer<typeof directiveSchema>;
export type Verb = Directive['verb'];

/** The directive with this verb, when there is one. */
export function pick<V extends Verb>(
  directives: readonly Directive[],
  verb: V,
): Extract<Directive, { verb: V }> | undefined {
  return directives.find(
    (directive): directive is Extract<Directive, { verb: V }> => directive.verb === verb,
  );
}

export const OPENING = '[[sim:';
const CLOSING = ']]';

/** A directive that cannot be read is refused loudly: a test with a typo must not pass by accident. */
export class DirectiveError extends Error {
  override readonly name = 'DirectiveError';
}

/**
 * Every `[[sim: …]]` of a text, in order.
 *
 * @throws DirectiveError for an unknown verb, an unknown option or a value of the wrong type
 */
export function parseDirectives(text: string): readonly Directive[] {
  const found: Directive[] = [];
  let from = text.indexOf(OPENING);
  while (from !== -1) {
    const end = endOfDirective(text, from + OPENING.length);
    found.push(parseDirective(text.slice(from + OPENING.length, end)));
    from = text.indexOf(OPENING, end);
  }
  return found;
}

/** The text without its directives. */
export function withoutDirectives(text: string): string {
  if (!text.includes(OPENING)) return text;
  let rest = '';
  let position = 0;
  for (let from = text.indexOf(OPENING); from !== -1; from = text.indexOf(OPENING, position)) {
    rest += text.slice(position, from);
    position = endOfDirective(text, from + OPENING.length) + CLOSING.length;
  }
  return (rest + text.slice(position)).trim();
}

/** JSON may hold `]]`, so brackets inside a payload's strings and objects do not close the directive. */
function endOfDirective(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const character = text[at];
    if (depth === 0 && text.startsWith(CLOSING, at)) return at;
    if (character === '"' && (depth > 0 || opensString(text, at))) at = endOfString(text, at);
    else if (character === '{' || character === '[') depth += 1;
    else if (character === '}' || character === ']') depth = Math.max(0, depth - 1);
  }
  throw new DirectiveError(`a directive is not closed: ${text.slice(start, start + 40)}`);
}

/** The position of the quote that closes the string opened at `start`, or the end of the text. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '"') return at;
  }
  return text.length;
}

function opensString(text: string, at: number): boolean {
  const before = text[at - 1];
  return before === '=' || before === ' ';
}

/** Reads the inside of one `[[sim: …]]`. */
export function parseDirective(inside: string): Directive {
  const [, verb = '', rest = ''] = /^\s*(\S+)\s*([\s\S]*?)\s*$/.exec(inside) ?? [];
  const result = directiveSchema.safeParse({ verb, ...argumentsOf(verb, rest) });
  if (result.success) return result.data;
  const problem = result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
  throw new DirectiveError(`bad directive "${inside.trim().slice(0, 80)}": ${problem}`);
}

function argumentsOf(verb: string, rest: string): Record<string, string> {
  if (verb === 'call') {
    const [, tool = '', payload = ''] = /^(\S+)\s*([\s\S]*)$/.exec(rest) ?? [];
    return { tool, payload };
  }
  if (verb === 'shell') return { payload: rest };
  const options: Record<string, string> = {};
  for (const [, name = '', quoted, plain = ''] of rest.matchAll(/([^\s=]+)(?:=(?:"([^"]*)"|(\S*)))?/g)) {
    if (verb === 'status' && /^\d+$/.test(name)) options['status'] = name;
    else options[name] = quoted ?? plain;
  }
  return options;
}
