/** Plain answers: what the model says when no directive, tool or format decides. */

const VERB = '(?:say|repeat|reply|respond|answer|output|print|return|write|echo)';
const FILLER = '(?: (?:back|me|with|to|after|this|the|following|text|sentence|words?|phrase|message))*';
/** "Repeat this text exactly, nothing else: X", "Say exactly X". */
const EXACTLY = new RegExp(
  String.raw`\b${VERB}${FILLER} exactly(?:[^:\n]{0,40}:\s*|${FILLER} (?!(?:one|two|three|\d)\b))([\s\S]+)$`,
  'i',
);
/** "Reply with only the word "X"", "answer with just X." */
const ONLY_QUOTED = new RegExp(
  String.raw`\b(?:say|reply|respond|answer) with[^."'\n]{0,40}["'\x60“]([^"'\x60”]+)["'\x60”]`,
  'i',
);
const ONLY_WORD =
  /\b(?:say|reply|respond|answer) with (?:only |just |exactly )*the (?:single |one )?(?:words?|numbers?|letters?):? ([\p{L}\p{N}_-]+)/iu;
const WITH_WORD = /\b(?:reply|respond|answer) with (?:only|just|exactly):? ([\p{L}\p{N}_-]+)[.!]?\s*$/iu;
const SHORT_SAY = /^say:? (.{1,80}?)(?: in (?:exactly |just |only )?one word)?[.!]?$/i;
const BRIEF = /\b(?:just|only|one word|single word|name only|and nothing else)\b/i;
const COUNT = /\bcount (?:up )?(?:from (\d+) )?(?:up )?to (\d+)/i;
const SUM = /(-?\d+(?:\.\d+)?)\s*([+*x×÷/-]|plus|minus|times|divided by)\s*(-?\d+(?:\.\d+)?)/i;
const GREETING = /^(?:hi|hello|hey|good (?:morning|evening)|ping|test)\b.{0,20}$/i;
const WORDS_WANTED = /\b(\d{2,5})[- ]words?\b/i;

const CAPITALS: Readonly<Record<string, string>> = {
  france: 'Paris',
  germany: 'Berlin',
  italy: 'Rome',
  japan: 'Tokyo',
  spain: 'Madrid',
  england: 'London',
  'the united kingdom': 'London',
  'the uk': 'London',
  australia: 'Canberra',
  canada: 'Ottawa',
  turkey: 'Ankara',
  brazil: 'Brasília',
  india: 'New Delhi',
  china: 'Beijing',
  'new york state': 'Albany',
  'the united states': 'Washington, D.C.',
};

const STORY =
  'Every evening the lighthouse keeper wrote down the names of the ships that passed, the weather that brought them, and one thing he had learned that day. The list grew longer than the shelf that held it. Travellers came to read it, and each of them found a line that seemed to be meant for them alone. Some stayed a night, some stayed a season, and all of them left a page of their own behind. When the keeper grew old, he opened the door, set the lamp to its slow turning, and began to read aloud from the first page, so that nothing which had been noticed would ever be lost again.'.split(
    ' ',
  );

const LONG_WORDS = 150;
const OPEN_WORDS = 70;
const MAX_WORDS = 5000;
const MAX_COUNT = 5000;
const ECHO_LENGTH = 120;

/** The text the prompt demands literally, if it does. */
export function demandedText(prompt: string): string | undefined {
  const quoted = ONLY_QUOTED.exec(prompt)?.[1];
  if (quoted !== undefined) return quoted;
  const exactly = EXACTLY.exec(prompt)?.[1];
  if (exactly !== undefined) return unquote(exactly.trim());
  const word = ONLY_WORD.exec(prompt)?.[1] ?? WITH_WORD.exec(prompt)?.[1];
  return word ?? SHORT_SAY.exec(prompt.trim())?.[1];
}

/** Whether the answer should be the bare value. */
export function wantsBrief(prompt: string): boolean {
  return BRIEF.test(prompt);
}

function unquote(text: string): string {
  const [, inner] = /^["'`“]([\s\S]*)["'`”][.!]?$/.exec(text) ?? [];
  return inner ?? text;
}

/** A short factual answer: a count, a sum, a capital. */
export function factualAnswer(prompt: string): string | undefined {
  const [, from = '1', to] = COUNT.exec(prompt) ?? [];
  if (to !== undefined) return counted(Number(from), Number(to), prompt);
  const capital = /\bcapital of ([A-Za-z ]+?)(?: is\b|[?.,!]|$)/i.exec(prompt)?.[1]?.toLowerCase().trim();
  if (capital !== undefined && CAPITALS[capital] !== undefined) {
    return wantsBrief(prompt) ? CAPITALS[capital] : `The capital is ${CAPITALS[capital]}.`;
  }
  const sum = SUM.exec(prompt);
  return sum === null ? undefined : String(calculate(Number(sum[1]), sum[2] ?? '', Number(sum[3])));
}

function counted(from: number, to: number, prompt: string): string {
  const length = Math.min(MAX_COUNT, Math.abs(to - from) + 1);
  const step = to < from ? -1 : 1;
  const numbers = Array.from({ length }, (_, index) => from + index * step);
  return numbers.join(/\b(?:per|a|each|own|new|separate) line/i.test(prompt) ? '\n' : ', ');
}

function calculate(left: number, operator: string, right: number): number {
  if (operator === '+' || operator === 'plus') return left + right;
  if (operator === '-' || operator === 'minus') return left - right;
  if (operator === '/' || operator === '÷' || operator === 'divided by') return left / right;
  return left * right;
}

/** Text for everything else, long enough for limits to bite when the question is open. */
export function freeText(prompt: string): string {
  if (GREETING.test(prompt.trim())) return 'Hello! How can I help you today?';
  const wanted = WORDS_WANTED.exec(prompt)?.[1];
  if (wanted !== undefined) return storyOf(Math.min(MAX_WORDS, Number(wanted)));
  if (/\b(?:long|story|essay|poem|novel|detailed|article|in detail|paragraphs?)\b/i.test(prompt)) {
    return storyOf(LONG_WORDS);
  }
  const echo = prompt.replaceAll(/\s+/g, ' ').slice(0, ECHO_LENGTH);
  return `You asked: ${echo} This is a simulated answer. ${storyOf(OPEN_WORDS)}`;
}

/** So many words of the same story. */
export function storyOf(words: number): string {
  return Array.from({ length: words }, (_, index) => STORY[index % STORY.length] ?? '').join(' ');
}
