import type { ResponsesRequest } from '../backend/request.ts';
import { asObject } from '../json.ts';
import type { Answer, AnswerItem, UsageFigures } from './answer.ts';
import { chooseCalls } from './calls.ts';
import type { Conversation } from './conversation.ts';
import { type Directive, pick, withoutDirectives } from './directives.ts';
import { createHints } from './hints.ts';
import { recall } from './memory.ts';
import { demandedText, factualAnswer, freeText, storyOf } from './phrases.ts';
import { instanceOf } from './schema-instance.ts';
import { inStyle } from './style.ts';
import { declaredTools } from './tools.ts';

/** What the model is asked, with what was decided about it beforehand. */
export interface Question {
  readonly request: ResponsesRequest;
  readonly conversation: Conversation;
  readonly directives: readonly Directive[];
  /** Input tokens and how many of them were cached, as the backend counts them. */
  readonly input: { readonly tokens: number; readonly cached: number };
}

const CHARACTERS_PER_TOKEN = 4;
const REASONING_TOKENS = 64;
const CALL_TOKENS = 12;
/** A longer system prompt belongs to an agent; its words are not rules for this model. */
const MAX_RULES_LENGTH = 2000;

/** Decides the whole answer. The same question always gets the same answer. */
export function think(question: Question): Answer {
  const { directives, conversation } = question;
  const incomplete = pick(directives, 'incomplete');
  if (conversation.endsWithCompactionTrigger) return finished([{ type: 'compaction' }], question);
  if (pick(directives, 'empty') !== undefined) return finished([], question);
  const items = [...reasoningOf(question), ...spokenItems(question)];
  if (incomplete === undefined) return finished(items, question);
  return { ...finished(shorten(items, incomplete.words), question), incompleteReason: incomplete.reason };
}

function finished(items: readonly AnswerItem[], question: Question): Answer {
  const interleaved = pick(question.directives, 'interleaved') !== undefined;
  return { items, interleaved, usage: usageOf(items, question) };
}

function reasoningOf({ request, directives }: Question): readonly AnswerItem[] {
  const asked = pick(directives, 'reasoning');
  if (asked === undefined && (request.effort === 'none' || pick(directives, 'stream') !== undefined))
    return [];
  const { parts, words } = asked ?? { parts: 1, words: 12 };
  const wantsSummary = typeof request.reasoning['summary'] === 'string';
  const summary = Array.from(
    { length: wantsSummary ? parts : 0 },
    (_, part) => `**Considering the request, part ${part + 1}**\n\n${storyOf(words)}`,
  );
  return [{ type: 'reasoning', summary, sealed: request.wantsEncryptedReasoning }];
}

function spokenItems(question: Question): readonly AnswerItem[] {
  const { directives, request, conversation } = question;
  const load = pick(directives, 'stream');
  if (load !== undefined) return [{ type: 'load', events: load.events, delta: deltaOf(load.bytes) }];
  if (pick(directives, 'refusal') !== undefined) {
    return [{ type: 'refusal', text: "I'm sorry, but I can't help with that." }];
  }
  const before: AnswerItem[] = [];
  const search = pick(directives, 'search');
  if (search !== undefined) before.push({ type: 'web_search_call', query: search.query });
  if (pick(directives, 'commentary') !== undefined) {
    before.push({ type: 'message', text: 'Let me look into that.', phase: 'commentary' });
  }
  const tools = declaredTools(request.tools, request.input);
  const calls = chooseCalls({ request, conversation, directives, tools });
  if (calls.length > 0) return [...before, ...calls];
  return [...before, { type: 'message', text: textOf(question), phase: 'final_answer' }];
}

/** A delta of so many bytes with a space at its end, so that text made of them has words. */
function deltaOf(bytes: number): string {
  return bytes === 0 ? '' : `${'simulated '.repeat(Math.ceil(bytes / 10)).slice(0, bytes - 1)} `;
}

function textOf({ request, conversation, directives }: Question): string {
  const { answeredCalls, system, earlierUserTexts, imagesInPrompt } = conversation;
  const prompt = withoutDirectives(conversation.prompt);
  const format = asObject(request.text['format']);
  if (format['type'] === 'json_schema') {
    return JSON.stringify(instanceOf(asObject(format['schema']), createHints(prompt), { optional: true }));
  }
  if (format['type'] === 'json_object') return JSON.stringify(plainObject(prompt));
  if (answeredCalls.length > 0) return styled(quoteOutputs(conversation), system);
  const undeclared = pick(directives, 'call') ?? pick(directives, 'shell');
  if (undeclared !== undefined) return 'The tool that the directive names is not declared in this request.';
  const demanded = demandedText(prompt);
  if (demanded !== undefined) return styled(demanded, system);
  if (imagesInPrompt > 0) return styled(describeImages(request), system);
  const text = recall(prompt, earlierUserTexts, system) ?? factualAnswer(prompt) ?? freeText(prompt);
  return styled(text, system);
}

function styled(text: string, system: string): string {
  return system.length <= MAX_RULES_LENGTH ? inStyle(text, system) : text;
}

const MAX_QUOTED = 4000;

function quoteOutputs({ answeredCalls }: Conversation): string {
  return answeredCalls
    .map(({ name, output }) => `The tool ${name} returned: ${output.slice(0, MAX_QUOTED).trim()}`)
    .join('\n');
}

/** `json_object` has no schema: members that the prompt names, else one called `answer`. */
function plainObject(prompt: string): Record<string, unknown> {
  const hints = createHints(prompt);
  const [, listed = ''] =
    /\b(?:keys?|fields?|propert(?:y|ies)|members?)\b[^:"'`A-Za-z]*(?:named |called |of )?:?((?:[\s,]*(?:and )?["'`]?\w+["'`]?(?:,| and|$|\.| )?)+)/i.exec(
      prompt,
    ) ?? [];
  const quoted = [...prompt.matchAll(/["'`](\w+)["'`]/g)].map(([, name = '']) => name);
  const names =
    quoted.length > 0 ? quoted : listed.split(/[\s,.]+|\band\b/).filter((word) => /^\w+$/.test(word));
  if (names.length === 0) return { answer: hints.textFor('answer') };
  return Object.fromEntries(names.map((name) => [name, valueFor(name, hints)]));
}

function valueFor(name: string, hints: ReturnType<typeof createHints>): unknown {
  return /age|count|number|year|total|price|amount|population/i.test(name)
    ? (hints.nextNumber() ?? 1)
    : hints.textFor(name);
}

function describeImages(request: ResponsesRequest): string {
  const sizes = request.input
    .flatMap((item) => (Array.isArray(item['content']) ? item['content'] : []))
    .map((part) => asObject(part))
    .filter((part) => part['type'] === 'input_image')
    .map((part) => imageFacts(String(part['image_url'])));
  return `I can see ${sizes.length === 1 ? 'an image' : `${sizes.length} images`}: ${sizes.join('; ')}.`;
}

const PNG_WIDTH_OFFSET = 16;

function imageFacts(url: string): string {
  const [, format = 'remote', data = ''] = /^data:image\/([a-z+]+);base64,(.*)$/i.exec(url) ?? [];
  const bytes = Buffer.from(data, 'base64');
  if (format === 'png' && bytes.length >= PNG_WIDTH_OFFSET + 8) {
    const width = bytes.readUInt32BE(PNG_WIDTH_OFFSET);
    return `PNG of ${width} by ${bytes.readUInt32BE(PNG_WIDTH_OFFSET + 4)} pixels`;
  }
  return data === '' ? 'a remote picture' : `${format.toUpperCase()} of ${bytes.length} bytes`;
}

/** The answer cut to its first words; a call loses the second half of its arguments. */
function shorten(items: readonly AnswerItem[], words: number): readonly AnswerItem[] {
  return items.map((item) => {
    if (item.type === 'message') return { ...item, text: firstWords(item.text, words) };
    if (item.type === 'function_call') return { ...item, arguments: firstHalf(item.arguments) };
    if (item.type === 'custom_tool_call') return { ...item, input: firstHalf(item.input) };
    return item;
  });
}

function firstWords(text: string, words: number): string {
  return (text.match(/\s*\S+/g) ?? []).slice(0, words).join('');
}

function firstHalf(text: string): string {
  return text.slice(0, Math.ceil(text.length / 2));
}

function usageOf(items: readonly AnswerItem[], { directives, input }: Question): UsageFigures {
  const told = pick(directives, 'usage');
  const reasoning =
    told?.reasoning ?? (items.some(({ type }) => type === 'reasoning') ? REASONING_TOKENS : 0);
  const spoken = items.reduce((sum, item) => sum + tokensOf(item), 0);
  return {
    input: told?.input ?? input.tokens,
    cached: told?.cached ?? input.cached,
    output: told?.output ?? reasoning + spoken,
    reasoning,
  };
}

function tokensOf(item: AnswerItem): number {
  switch (item.type) {
    case 'message':
    case 'refusal':
      return tokensIn(item.text.length);
    case 'load':
      return item.events * Math.max(1, tokensIn(item.delta.length));
    case 'function_call':
      return CALL_TOKENS + tokensIn(item.arguments.length);
    case 'custom_tool_call':
      return CALL_TOKENS + tokensIn(item.input.length);
    case 'compaction':
    case 'web_search_call':
      return CALL_TOKENS;
    case 'reasoning':
      return 0;
  }
}

/** About as many tokens as a text of this length has. */
export function tokensIn(characters: number): number {
  return Math.ceil(characters / CHARACTERS_PER_TOKEN);
}
