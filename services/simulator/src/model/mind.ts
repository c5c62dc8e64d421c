import { asObject } from '../json.ts';
import type { Answer, AnswerItem, UsageFigures } from './answer.ts';
import { chooseCalls } from './calls.ts';
import type { Conversation } from './conversation.ts';
import { type Directive, pick, withoutDirectives } from './directives.ts';
import { createHints } from './hints.ts';
import { describeImages } from './images.ts';
import { upToStop, upToTokens } from './limits.ts';
import { recall, summaryFor } from './memory.ts';
import { asksForJson, plainObject } from './plain-object.ts';
import { demandedText, factualAnswer, freeText, storyOf } from './phrases.ts';
import type { ResponsesRequest } from './request.ts';
import { instanceOf } from './schema-instance.ts';
import { inStyle } from './style.ts';
import { tokensOf } from './tokens.ts';
import { declaredTools } from './tools.ts';

/** What the model is asked, with what was decided about it beforehand. */
export interface Question {
  readonly request: ResponsesRequest;
  readonly conversation: Conversation;
  readonly directives: readonly Directive[];
  /** Input tokens and how many of them were cached, as the backend counts them. */
  readonly input: { readonly tokens: number; readonly cached: number };
}

const REASONING_TOKENS = 64;
/** A longer system prompt belongs to an agent; its words are not rules for this model. */
const MAX_RULES_LENGTH = 2000;

/** Decides the whole answer. The same question always gets the same answer. */
export function think(question: Question): Answer {
  const { directives, conversation } = question;
  const incomplete = pick(directives, 'incomplete');
  if (conversation.endsWithCompactionTrigger) return finished([{ type: 'compaction' }], question);
  if (pick(directives, 'empty') !== undefined) return finished([], question);
  const items = [...reasoningOf(question), ...spokenItems(question)];
  if (incomplete === undefined) return withinLimits(items, question);
  return { ...finished(shorten(items, incomplete.words), question), incompleteReason: incomplete.reason };
}

/** What the request's stop texts and token limit leave of an answer. */
function withinLimits(items: readonly AnswerItem[], question: Question): Answer {
  const { stop, maxTokens } = question.request;
  const said = upToStop(items, stop);
  if (maxTokens === undefined) return finished(said, question);
  const { items: left, isCut } = upToTokens(said, maxTokens - reasoningTokens(said, question));
  const answer = finished(left, question);
  return isCut ? { ...answer, incompleteReason: 'max_output_tokens' } : answer;
}

/** A limit leaves at least half of its tokens for what is said, or an answer to a small one would be empty. */
function reasoningTokens(items: readonly AnswerItem[], { request, directives }: Question): number {
  const told = pick(directives, 'usage')?.reasoning;
  if (told !== undefined) return told;
  const { maxTokens = Number.POSITIVE_INFINITY } = request;
  const reasons = items.some(({ type }) => type === 'reasoning');
  return reasons ? Math.min(REASONING_TOKENS, Math.floor(maxTokens / 2)) : 0;
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
  const summary = summaryFor(conversation);
  if (summary !== undefined) return [{ type: 'message', text: summary, phase: 'final_answer' }];
  const before: AnswerItem[] = [];
  const query = searchQuery(question);
  if (query !== undefined) before.push({ type: 'web_search_call', query });
  if (pick(directives, 'commentary') !== undefined) {
    before.push({ type: 'message', text: 'Let me look into that.', phase: 'commentary' });
  }
  const tools = declaredTools(request.tools, request.input);
  const calls = chooseCalls({ request, conversation, directives, tools });
  if (calls.length > 0) return [...before, ...calls];
  return [...before, { type: 'message', text: textOf(question), phase: 'final_answer' }];
}

const SEARCH_WISH = /\b(?:web search|search the web)(?: for)?(?: the query)?:?\s*(.*)/i;

/** What to search the web for: a directive, or a wish in the prompt when the hosted tool is declared. */
function searchQuery({ request, conversation, directives }: Question): string | undefined {
  const asked = pick(directives, 'search');
  if (asked !== undefined) return asked.query;
  const isDeclared = request.tools.some(({ type }) => type === 'web_search');
  if (!isDeclared || request.toolChoice === 'none') return undefined;
  const isForced = asObject(request.toolChoice)['type'] === 'web_search';
  const [, wish] = SEARCH_WISH.exec(conversation.prompt) ?? [];
  return wish ?? (isForced ? conversation.prompt : undefined);
}

/** A delta of so many bytes with a space at its end, so that text made of them has words. */
function deltaOf(bytes: number): string {
  return bytes === 0 ? '' : `${'simulated '.repeat(Math.ceil(bytes / 10)).slice(0, bytes - 1)} `;
}

function textOf({ request, conversation, directives }: Question): string {
  const { answeredCalls, system, imagesInPrompt } = conversation;
  const prompt = withoutDirectives(conversation.prompt);
  const format = asObject(request.text['format']);
  if (format['type'] === 'json_schema') {
    return JSON.stringify(instanceOf(asObject(format['schema']), createHints(prompt), { optional: true }));
  }
  if (format['type'] === 'json_object') return JSON.stringify(plainObject(prompt));
  if (answeredCalls.length > 0) return styled(quoteOutputs(conversation), system);
  if (directives.some(({ verb }) => verb === 'call' || verb === 'shell')) {
    return 'The tool that the directive names is not declared in this request.';
  }
  const literal =
    demandedText(prompt) ?? (asksForJson(prompt) ? JSON.stringify(plainObject(prompt)) : undefined);
  if (literal !== undefined) return styled(literal, system);
  return styled(imagesInPrompt > 0 ? describeImages(request.input) : plainText(prompt, conversation), system);
}

function plainText(prompt: string, { earlierUserTexts, system, lastAssistantText }: Conversation): string {
  const told = { prompt, earlier: earlierUserTexts, system, lastAnswer: lastAssistantText };
  return recall(told) ?? factualAnswer(prompt) ?? freeText(prompt);
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

function usageOf(items: readonly AnswerItem[], question: Question): UsageFigures {
  const { directives, input } = question;
  const told = pick(directives, 'usage');
  const reasoning = reasoningTokens(items, question);
  const spoken = items.reduce((sum, item) => sum + tokensOf(item), 0);
  return {
    input: told?.input ?? input.tokens,
    cached: told?.cached ?? input.cached,
    output: told?.output ?? reasoning + spoken,
    reasoning,
  };
}
