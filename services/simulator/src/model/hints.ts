import { literally } from './pattern.ts';

/** What a prompt offers to fill arguments and fields with; values are taken once, in order. */
export interface Hints {
  readonly prompt: string;
  /** A value for a text field with this name. */
  readonly textFor: (name: string) => string;
  readonly nextNumber: () => number | undefined;
  readonly allNumbers: readonly number[];
  /** Whether the prompt contains this word. */
  readonly mentions: (word: string) => boolean;
  /** The first of these values that the prompt contains, else the first. */
  readonly oneOf: (values: readonly unknown[]) => unknown;
}

const MAX_TEXT = 200;
const COMMON_OPENERS = new Set(
  "No Only Explain Describe Invent Bump Count Say What Whats What's How Where When Why Who Which Please Can Could Would Tell Give Use Call Get Find Is Are Do Does The A An I Hello Hi Extract Return Reply Generate Create Make Write Respond Answer Then Also And Both Now Look Check My You Your It If Schedule Book Add Run Read Search".split(
    ' ',
  ),
);

export function createHints(prompt: string): Hints {
  const allNumbers = [...prompt.matchAll(/-?\d+(?:\.\d+)?/g)].map(([text]) => Number(text));
  let nextIndex = 0;
  const mentions = (word: string): boolean => new RegExp(`\\b${literally(word)}\\b`, 'i').test(prompt);
  return {
    prompt,
    allNumbers,
    textFor: (name) => textFor(name, prompt),
    nextNumber: () => {
      const value = allNumbers[nextIndex];
      nextIndex += 1;
      return value;
    },
    mentions,
    oneOf: (values) => values.find((value) => typeof value === 'string' && mentions(value)) ?? values[0],
  };
}

/** How a text field is filled, by its name; the first row that fits decides. */
const FILLINGS: readonly (readonly [RegExp, (prompt: string) => string])[] = [
  [
    /^(?:restaurant|venue|location|city|place|country|town|destination|region|where)/i,
    (prompt) => placesIn(prompt)[0] ?? 'Paris',
  ],
  [/timezone|time_zone|^tz$/i, () => 'UTC'],
  [
    /^(?:command|cmd|shell|script)$/i,
    (prompt) => quotedIn(prompt) ?? firstGroup(/\brun (?:the command )?(.+)$/i, prompt) ?? 'echo hello',
  ],
  [
    /(?:^|_)(?:url|uri|link|href)$/i,
    (prompt) => firstMatch(/https?:\/\/\S+/, prompt) ?? 'https://example.com/',
  ],
  [
    /(?:path|file|filename|dir|directory)$/i,
    (prompt) =>
      firstMatch(/[\w~-]*(?:\/[\w.-]+)+|\b[\w-]+\.[a-z]{1,5}\b/, prompt) ?? quotedIn(prompt) ?? 'README.md',
  ],
  [
    /expression|formula|equation|calculation/i,
    (prompt) => firstMatch(/[\d(][\d\s+*/().^%x-]*\d\)?/, prompt)?.trim() ?? '1 + 1',
  ],
  [
    /(?:^|_)(?:date|day|when)$/i,
    (prompt) =>
      firstMatch(
        /\d{4}-\d{2}-\d{2}|\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b|\btomorrow\b|\btoday\b/i,
        prompt,
      ) ?? '2026-01-15',
  ],
  [
    /(?:^|_)(?:name|person|author|who|user|contact|recipient|attendee|participant)s?$/i,
    (prompt) => properNames(prompt)[0] ?? quotedIn(prompt) ?? 'Alice',
  ],
  [/email/i, (prompt) => firstMatch(/[\w.+-]+@[\w-]+\.\w+/, prompt) ?? 'alice@example.com'],
];

function textFor(name: string, prompt: string): string {
  const spelled = spelledOut(name, prompt);
  if (spelled !== undefined) return spelled;
  const [, fill] = FILLINGS.find(([fields]) => fields.test(name)) ?? [];
  if (fill !== undefined) return fill(prompt);
  return (quotedIn(prompt) ?? (prompt.trim() || name)).slice(0, MAX_TEXT);
}

/** "with path notes.md and content exactly: …": the field's name stands before its value. */
function spelledOut(name: string, prompt: string): string | undefined {
  if (name === '') return undefined;
  const field = literally(name.replaceAll('_', ' '));
  const whole = firstGroup(new RegExp(String.raw`\b${field} exactly:\s*([\s\S]+)$`, 'i'), prompt);
  const word = String.raw`(?:\bwith|\band|,)(?: an?| the)? ${field}(?: of| =|:| set to)? ["'\x60]?([^\s"'\x60,]+)`;
  return whole ?? firstGroup(new RegExp(word, 'i'), prompt);
}

function quotedIn(prompt: string): string | undefined {
  const quoted = /["“]([^"”]{1,200})["”]|`([^`]{1,200})`/.exec(prompt);
  return quoted?.[1] ?? quoted?.[2];
}

function firstMatch(pattern: RegExp, text: string): string | undefined {
  return pattern.exec(text)?.[0];
}

function firstGroup(pattern: RegExp, text: string): string | undefined {
  return pattern.exec(text)?.[1];
}

const PLACE = String.raw`[A-ZÀ-Þ][\p{L}'.-]*(?: [A-ZÀ-Þ][\p{L}'.-]*)*(?:, [A-Z]{2}\b)?`;

/** Capitalised places, first those after `in`, `for`, `to`; "Paris and London" gives both. */
export function placesIn(prompt: string): readonly string[] {
  const list = String.raw`(${PLACE}(?:(?:,? and |, | or )${PLACE})*)`;
  const found = [...prompt.matchAll(new RegExp(String.raw`\b(?:in|for|of|at|to|from|about) ${list}`, 'gu'))];
  const places = found.flatMap(([, together = '']) => together.split(/,? and | or |, (?![A-Z]{2}\b)/));
  const cleaned = places.map((place) => place.replace(/[.'-]+$/, '')).filter((place) => place !== '');
  return cleaned.length > 0 ? [...new Set(cleaned)] : properNames(prompt);
}

/** Capitalised words that do not merely open a sentence. */
export function properNames(prompt: string): readonly string[] {
  return [...prompt.matchAll(/\b[A-ZÀ-Þ][\p{Ll}]+(?: [A-ZÀ-Þ][\p{Ll}]+)*/gu)]
    .map(([text]) =>
      text
        .split(' ')
        .filter((word) => !COMMON_OPENERS.has(word))
        .join(' '),
    )
    .filter((text) => text !== '');
}
