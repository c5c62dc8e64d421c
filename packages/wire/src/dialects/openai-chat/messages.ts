import { z } from 'zod';
import type { CallOutputItem, ContentPart, InputItem } from '../../codex/items.ts';
import type { ToolNames } from '../../codex/tool-names.ts';
import { fieldPath, parseBody } from '../field-path.ts';
import { unsupportedValue } from '../openai-refusals.ts';
import { inputParts, readParts, textOf, textsOf, type Place } from './parts.ts';
import type { AssistantMessage, JsonText, RawContent, RawMessage, RawPart, RawToolCall } from './schema.ts';

/** What the messages say, as the upstream takes it. */
export interface Conversation {
  /** The leading run of system and developer messages; empty when there is none. */
  readonly instructions: string;
  /** The items of each later message, in order; a message that says nothing has none. */
  readonly turns: readonly (readonly InputItem[])[];
  /** It has calls in the form of the old `functions`. */
  readonly legacy: boolean;
}

/** What later messages refer to. */
interface History {
  readonly names: ToolNames;
  /** Ids of calls of custom tools: their outputs are another item type. */
  readonly customCalls: Set<string>;
  /** Calls of the old `function_call` form, which has no ids, still without an answer: the ids given to them, by name. */
  readonly legacyCalls: Map<string, string[]>;
  legacyCount: number;
}

/**
 * System messages before anything else become `instructions`, later ones developer messages (the upstream refuses the
 * role `system`). When there is nothing else, they stay in the input, because the upstream wants something to answer.
 */
export function readConversation(messages: readonly RawMessage[], names: ToolNames): Conversation {
  const history: History = { names, customCalls: new Set(), legacyCalls: new Map(), legacyCount: 0 };
  const firstOther = messages.findIndex((message) => !isSystem(message));
  const leading = messages.slice(0, firstOther === -1 ? messages.length : firstOther);
  const turns = messages.map((message, index) => readMessage(message, ['messages', index], history));
  const answerable = turns.slice(leading.length);
  const legacy = history.legacyCount > 0;
  if (answerable.every((turn) => turn.length === 0)) return { instructions: '', turns, legacy };
  const said = leading.flatMap(({ content }, index) =>
    textsOf(content ?? '', ['messages', index, 'content']),
  );
  return { instructions: said.join('\n\n'), turns: answerable, legacy };
}

function isSystem({ role }: RawMessage): boolean {
  return role === 'system' || role === 'developer';
}

function readMessage(message: RawMessage, at: Place, history: History): readonly InputItem[] {
  const content = [...at, 'content'];
  switch (message.role) {
    case 'system':
    case 'developer':
      return spoken('developer', texts('input_text', message.content, content));
    case 'user':
      return spoken('user', inputParts(message.content, content));
    case 'assistant':
      return readAssistant(message, at, history);
    case 'tool':
      return [readToolResult(message.tool_call_id, message.content, content, history)];
    case 'function':
      return [legacyResult(message.name, message.content ?? '', history)];
  }
}

function texts(type: 'input_text' | 'output_text', content: RawContent, at: Place): readonly ContentPart[] {
  return textsOf(content, at).map((text) => ({ type, text }));
}

/** A message without content would be refused, so it is none. */
function spoken(
  role: 'user' | 'assistant' | 'developer',
  content: readonly ContentPart[],
): readonly InputItem[] {
  return content.length === 0 ? [] : [{ type: 'message', role, content }];
}

/** `reasoning_content` and its kin, which some clients send back, are not model input: only sealed reasoning is. */
function readAssistant(message: AssistantMessage, at: Place, history: History): readonly InputItem[] {
  if (message.audio !== undefined && message.audio !== null)
    throw unsupportedValue(fieldPath([...at, 'audio'], 'brackets'), 'no audio is stored here');
  const calls = (message.tool_calls ?? []).map((call) => readCall(call, history));
  const legacy = message.function_call;
  return [
    ...spoken('assistant', [
      ...answerParts(message.content ?? '', [...at, 'content']),
      ...(message.refusal ? [{ type: 'refusal', refusal: message.refusal } as const] : []),
    ]),
    ...calls,
    ...(legacy ? [legacyCall(legacy.name, legacy.arguments, history)] : []),
  ];
}

function answerParts(content: RawContent, at: Place): readonly ContentPart[] {
  const parts = readParts(content, at, answerPart);
  return parts.filter((part) => part.type !== 'output_text' || part.text !== '');
}

const refusalSchema = z.object({ refusal: z.string() });

function answerPart(part: RawPart, at: Place): ContentPart {
  if (part.type === 'refusal')
    return { type: 'refusal', refusal: parseBody(refusalSchema, part, 'brackets', at).refusal };
  return { type: 'output_text', text: textOf(part, at) };
}

function readCall(call: RawToolCall, history: History): InputItem {
  const { names } = history;
  if (call.type === 'custom') {
    history.customCalls.add(call.id);
    const { name, input } = call.custom;
    return { type: 'custom_tool_call', call_id: call.id, name: names.toUpstream(name), input };
  }
  history.customCalls.delete(call.id); // some clients count their ids from the start in every turn
  const { name, arguments: args } = call.function;
  return {
    type: 'function_call',
    call_id: call.id,
    name: names.toUpstream(name),
    arguments: argumentsText(args),
  };
}

function argumentsText(args: JsonText): string {
  if (typeof args === 'string') return args === '' ? '{}' : args;
  return JSON.stringify(args ?? {});
}

function readToolResult(
  callId: string,
  content: RawContent,
  at: Place,
  { customCalls }: History,
): CallOutputItem {
  const type = customCalls.has(callId) ? 'custom_tool_call_output' : 'function_call_output';
  return { type, call_id: callId, output: outputOf(content, at) };
}

/** Text alone is one string; with images or files the parts go as they are. */
function outputOf(content: RawContent, at: Place): string | readonly ContentPart[] {
  if (typeof content === 'string') return content;
  const parts = inputParts(content, at);
  const lines = parts.flatMap((part) => (part.type === 'input_text' ? [part.text] : []));
  return lines.length === parts.length ? lines.join('\n') : parts;
}

function legacyCall(name: string, args: JsonText, history: History): InputItem {
  const callId = nextLegacyId(history);
  const open = history.legacyCalls.get(name);
  if (open) open.push(callId);
  else history.legacyCalls.set(name, [callId]);
  return {
    type: 'function_call',
    call_id: callId,
    name: history.names.toUpstream(name),
    arguments: argumentsText(args),
  };
}

/** Belongs to the nearest call of that name without an answer; with none, the repair of the history deals with it. */
function legacyResult(name: string, output: string, history: History): CallOutputItem {
  const callId = history.legacyCalls.get(name)?.pop() ?? nextLegacyId(history);
  return { type: 'function_call_output', call_id: callId, output };
}

function nextLegacyId(history: History): string {
  history.legacyCount += 1;
  return `call_fn_${history.legacyCount}`;
}
