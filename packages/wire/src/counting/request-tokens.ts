import type { CodexRequest } from '../codex/request.ts';
import { isRecord } from '../record.ts';
import { utf8Length } from '../utf8-length.ts';
import { attachmentTokens } from './attachment-tokens.ts';
import { head } from './token-tally.ts';

/** Rules of thumb for what only the upstream can count. */
const BYTES_PER_TOKEN = 4;
/** Sealed reasoning is longer than what it seals. */
const SEALED_BYTES_PER_TOKEN = 6;
/** What the model reads around them. */
const TOKENS_PER_ITEM = 4;
const TOKENS_PER_TOOL = 8;

/** About how many tokens a text has. */
export function estimateTokens(text: string): number {
  return Math.ceil(utf8Length(text) / BYTES_PER_TOKEN);
}

/** About how many tokens of reasoning a seal stands for. */
export function sealedTokens(seal: string): number {
  return Math.ceil(seal.length / SEALED_BYTES_PER_TOKEN);
}

/**
 * The tokens of a request: its texts by `countText`, the rest by rules of thumb. It walks the whole request, so it is for
 * counts and for answers that were ended here, not for every one.
 */
export function requestTokens(
  { instructions, input, tools = [] }: CodexRequest,
  countText: (text: string) => number,
): number {
  const count = sampled(countText);
  const described = tools.map((tool) => TOKENS_PER_TOOL + count(JSON.stringify(tool)));
  const said = input.length * TOKENS_PER_ITEM + contentTokens(input, count);
  return Math.ceil(described.reduce((sum, tokens) => sum + tokens, count(instructions) + said));
}

/** So many characters are counted (about 0.1 s; more than most models take), those after them by the same ratio. */
const COUNTED_CHARACTERS = 512_000;

function sampled(countText: (text: string) => number): (text: string) => number {
  let characters = 0;
  let tokens = 0;
  return (text) => {
    const counted = head(text, COUNTED_CHARACTERS - characters);
    const found = countText(counted);
    characters += counted.length;
    tokens += found;
    const rest = text.length - counted.length;
    return rest === 0 ? found : found + (rest * tokens) / characters;
  };
}

type Count = (text: string) => number;

/** Members whose texts are not plain text to the model; the first group steers the protocol, whatever it says. */
const tokensOfMember: ReadonlyMap<string, (text: string) => number> = new Map([
  ...['type', 'role', 'id', 'call_id', 'status', 'phase', 'detail'].map((name) => [name, () => 0] as const),
  ['encrypted_content', sealedTokens],
  ['image_url', (url) => attachmentTokens(url, 'image')],
  ['file_url', (url) => attachmentTokens(url, 'file')],
  ['file_data', (url) => attachmentTokens(url, 'file')],
]);

/** All texts of the input, wherever they stand. */
function contentTokens(input: CodexRequest['input'], count: Count): number {
  let tokens = 0;
  const open: unknown[] = [input];
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value === 'string') tokens += count(value);
    else if (Array.isArray(value)) for (const member of value) open.push(member); // not spread: there may be a million
    else if (isRecord(value)) tokens += memberTokens(value, open);
  }
  return tokens;
}

/** The tokens of the members that are no plain text; the others are still open. */
function memberTokens(record: Readonly<Record<string, unknown>>, open: unknown[]): number {
  let tokens = 0;
  for (const [name, member] of Object.entries(record)) {
    const special = typeof member === 'string' ? tokensOfMember.get(name)?.(member) : undefined;
    if (special === undefined) open.push(member);
    else tokens += special;
  }
  return tokens;
}
