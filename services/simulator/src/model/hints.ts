import { literally } from './pattern.ts';

/** What a prompt offers to fill arguments and fields with; values are taken once, in order. */
export interface Hints {
  readonly prompt: string;
  /** A value for a text field with this name. */
  readonly textFor: (name: string) => string;
  readonly nextNumber: () => number | undefined;
  readonly allNumbers: readonly number[];
  /** The first of these words that the prompt contains. */
  readonly oneOf: (values: readonly unknown[]) => unknown;
}

const PLACE_FIELDS = /^(location|city|place|country|town|destination|region|where)/i;
const NAME_FIELDS = /(^|_)(name|person|author|who|user|contact|recipient|attendee|participant)s?$/i;
const COMMAND_FIELDS = /^(command|cmd|shell|script)$/i;
const PATH_FIELDS = /(path|file|filename|dir|directory)$/i;
const EXPRESSION_FIELDS = /(expression|formula|equation|calculation)/i;
const URL_FIELDS = /(^|_)(url|uri|link|href)$/i;
const TIMEZONE_FIELDS = /(timezone|time_zone|^tz$)/i;
const DATE_FIELDS = /(^|_)(date|day|when)$/i;

const MAX_TEXT = 200;
const COMMON_OPENERS = new Set(
  "What Whats What's How Where When Why Who Which Please Can Could Would Tell Give Use Call Get Find Is Are Do Does The A An I Hello Hi Extract Return Reply Generate Create Make Write Respond Answer Then Also And Both Now Look Check My You Your It If Schedule Book Add Run Read Search".split(
    ' ',
  ),
);

export function createHints(prompt: string): Hints {
  const allNumbers = [...prompt.matchAll(/-?\d+(?:\.\d+)?/g)].map(([text]) => Number(text));
  let nextIndex = 0;
  return {
    prompt,
    allNumbers,
    textFor: (name) => textFor(name, prompt),
    nextNumber: () => {
      const value = allNumbers[nextIndex];
      nextIndex += 1;
      return value;
    },
    oneOf: (values) =>
      values.find(
        (value) => typeof value === 'string' && new RegExp(`\\b${literally(value)}\\b`, 'i').test(prompt),
      ) ?? values[0],
  };
}

function textFor(name: string, prompt: string): string {
  const lowered = prompt.trim();
  const quoted = /["“]([^"”]{1,200})["”]|`([^`]{1,200})`/.exec(lowered);
  const literal = quoted?.[1] ?? quoted?.[2];
  if (PLACE_FIELDS.test(name)) return placesIn(prompt)[0] ?? 'Paris';
  if (TIMEZONE_FIELDS.test(name)) return 'UTC';
  if (COMMAND_FIELDS.test(name))
    return literal ?? /\brun (?:the command )?(.+)$/i.exec(lowered)?.[1] ?? 'echo hello';
  if (URL_FIELDS.test(name)) return /https?:\/\/\S+/.exec(prompt)?.[0] ?? 'https://example.com/';
  if (PATH_FIELDS.test(name))
    return /[\w~-]*(?:\/[\w.-]+)+|\b[\w-]+\.[a-z]{1,5}\b/.exec(prompt)?.[0] ?? literal ?? 'README.md';
  if (EXPRESSION_FIELDS.test(name)) return /[\d(][\d\s+*/().^%x-]*\d\)?/.exec(prompt)?.[0]?.trim() ?? '1 + 1';
  if (DATE_FIELDS.test(name))
    return (
      /\d{4}-\d{2}-\d{2}|\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b|\btomorrow\b|\btoday\b/i.exec(
        prompt,
      )?.[0] ?? '2026-01-15'
    );
  if (NAME_FIELDS.test(name)) return properNames(prompt)[0] ?? literal ?? 'Alice';
  if (/email/i.test(name)) return /[\w.+-]+@[\w-]+\.\w+/.exec(prompt)?.[0] ?? 'alice@example.com';
  return (literal ?? (lowered === '' ? name : lowered)).slice(0, MAX_TEXT);
}

const PLACE = String.raw`[A-ZÀ-Þ][\p{L}'.-]*(?: [A-ZÀ-Þ][\p{L}'.-]*)*(?:, [A-Z]{2}\b)?`;

/** Capitalised places, first those after `in`, `for`, `to`; "Paris and London" gives both. */
export function placesIn(prompt: string): readonly string[] {
  const list = String.raw`(${PLACE}(?:(?:,? and |, | or )${PLACE})*)`;
  const found = [...prompt.matchAll(new RegExp(String.raw`\b(?:in|for|of|at|to|from|about) ${list}`, 'gu'))];
  const places = found.flatMap(([, places = '']) => places.split(/,? and | or |, (?![A-Z]{2}\b)/));
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
