import { createHints, type Hints } from './hints.ts';

const ASKS_FOR_JSON = /\b(?:return|reply|respond|output|answer|produce|give|write)\b[^.\n]*\bJSON\b/i;
const NUMERIC = /number|integer|int\b|float/i;
const NUMERIC_NAME = /age|count|number|year|total|price|amount|population/i;

/** Whether a prompt wants JSON although the request sets no format. */
export function asksForJson(prompt: string): boolean {
  return ASKS_FOR_JSON.test(prompt) && namedMembers(prompt).length > 0;
}

/** An object with the members that the prompt names in quotes (`"name" (string)`), else one called `answer`. */
export function plainObject(prompt: string): Record<string, unknown> {
  const hints = createHints(prompt);
  const members = namedMembers(prompt);
  if (members.length === 0) return { answer: hints.textFor('answer') };
  return Object.fromEntries(members.map(({ name, type }) => [name, valueFor(name, type, hints)]));
}

function namedMembers(prompt: string): readonly { readonly name: string; readonly type: string }[] {
  return [...prompt.matchAll(/["'`](\w+)["'`](?:\s*\(([^)]*)\))?/g)].map(([, name = '', type = '']) => ({
    name,
    type,
  }));
}

function valueFor(name: string, type: string, hints: Hints): unknown {
  if (/bool/i.test(type)) return true;
  if (/array|list/i.test(type)) return ['first', 'second'];
  if (NUMERIC.test(type) || (type === '' && NUMERIC_NAME.test(name))) return hints.nextNumber() ?? 1;
  const text = hints.textFor(name);
  // without a hint the whole prompt would come back, which is no plausible value
  return text.length > 40 || text === name ? `a simulated ${name}` : text;
}
