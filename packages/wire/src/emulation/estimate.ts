import type { OutputItem, ResponseObject } from '../codex/events.ts';
import type { CodexRequest } from '../codex/request.ts';
import { isRecord } from '../record.ts';
import { utf8Length } from '../utf8-length.ts';
import { head } from './token-tally.ts';

/** Rules of thumb for what the upstream would have counted, had it come to tell. */
const BYTES_PER_TOKEN = 4;
/** Sealed reasoning is longer than what it seals. */
const SEALED_BYTES_PER_TOKEN = 6;
/** For an image or a file: its base64 says nothing about how much of it the model reads. */
const ATTACHMENT_TOKENS = 1200;
/** What the model reads around them. */
const TOKENS_PER_ITEM = 4;
const TOKENS_PER_TOOL = 8;

/** Gathers what an answer has cost beside its visible text. */
export interface Spending {
  readonly note: (item: OutputItem) => void;
  /** The usage of an answer that ended here, before the upstream could tell its own. */
  readonly usage: (visibleTokens: number) => NonNullable<ResponseObject['usage']>;
}

export function createSpending(request: CodexRequest): Spending {
  let reasoning = 0;
  let rest = 0;
  return {
    note: (item) => {
      if (item.type === 'reasoning') reasoning += sealedTokens(item.encrypted_content ?? '');
      else rest += estimateTokens(unseenText(item));
    },
    usage: (visibleTokens) => {
      const input = requestTokens(request, estimateTokens);
      const output = visibleTokens + reasoning + rest;
      return {
        input_tokens: input,
        input_tokens_details: { cached_tokens: 0 },
        output_tokens: output,
        output_tokens_details: { reasoning_tokens: reasoning },
        total_tokens: input + output,
      };
    },
  };
}

/** About how many tokens a text has. */
export function estimateTokens(text: string): number {
  return Math.ceil(utf8Length(text) / BYTES_PER_TOKEN);
}

function sealedTokens(seal: string): number {
  return Math.ceil(seal.length / SEALED_BYTES_PER_TOKEN);
}

/** What a call says, or a message that is not part of the visible text. */
function unseenText({ name, arguments: args, input, content }: OutputItem): string {
  const texts = (content ?? []).map(({ text }) => text ?? '');
  return [name ?? '', args ?? input ?? '', ...texts].join('');
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

/** So many characters are counted (about 20 ms), what comes after them by the ratio that they had. */
const COUNTED_CHARACTERS = 64_000;

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

/** Members that steer the protocol: the model gets a token or two for them, whatever they say. */
const protocol: ReadonlySet<string> = new Set(['type', 'role', 'id', 'call_id', 'status', 'phase', 'detail']);

/** All texts of the input, wherever they stand. */
function contentTokens(input: CodexRequest['input'], count: (text: string) => number): number {
  let tokens = 0;
  const open: unknown[] = [input];
  while (open.length > 0) {
    const value = open.pop();
    if (Array.isArray(value)) for (const member of value) open.push(member);
    else if (isRecord(value)) {
      const { encrypted_content: seal, ...members } = value;
      if (typeof seal === 'string') tokens += sealedTokens(seal);
      const names = Object.keys(members).filter((name) => !protocol.has(name));
      for (const name of names) open.push(members[name]); // not spread: a client may send a million of them
    } else if (typeof value === 'string') {
      tokens += value.startsWith('data:') ? ATTACHMENT_TOKENS : count(value);
    }
  }
  return tokens;
}
