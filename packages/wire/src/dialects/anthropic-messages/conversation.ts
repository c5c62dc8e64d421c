import { callIdsOf } from '../../codex/history.ts';
import type { ContentPart, InputItem } from '../../codex/items.ts';
import type { ToolNames } from '../../codex/tool-names.ts';
import type { ContentBlock, Message, SystemContent, SystemMessage } from './blocks.ts';
import { documentParts, imagePart, searchResultText, textParts, type Place } from './content-parts.ts';
import { openSignature, type OpenedSignature } from './signature.ts';
import { callOutput, type ResultContext } from './tool-result.ts';

/** What the mapping of messages needs besides the messages. */
export interface ConversationContext extends ResultContext {
  readonly names: ToolNames;
  /** The model that will read the sealed reasoning. */
  readonly model: string;
}

export interface Conversation {
  readonly items: readonly InputItem[];
  /** Calls in the history that came back without the reasoning before them. */
  readonly bareCallIds: readonly string[];
  /** The mark of the account that can read the sealed reasoning among the items; null when nobody knows. */
  readonly sealedBy: string | null;
  /** The latest effort that a message asked for. */
  readonly effort: string | null;
}

/** Claude Code's first system block; it differs between conversations and would spoil the prompt cache for all that follows. */
const BILLING_HEADER = 'x-anthropic-billing-header:';

/** The blocks of a system prompt as one text, the same for a string and for a list of blocks. */
export function systemText(content: SystemContent, context: ResultContext): string {
  if (typeof content === 'string') return content;
  const texts: string[] = [];
  for (const block of content) {
    if (block.type === 'unrecognised') context.warnings.unknown(block.name);
    else if (block.type === 'text' && block.text !== '' && !block.text.startsWith(BILLING_HEADER))
      texts.push(block.text);
  }
  return texts.join('\n\n');
}

/** The messages as input items, in their order. */
export function readConversation(messages: readonly Message[], context: ConversationContext): Conversation {
  const lastUser = messages.findLastIndex(({ role }) => role === 'user');
  const turns = messages.map((message, index) => {
    if (message.role !== 'system') return readTurn(message, ['messages', index, 'content'], context);
    const cleared = message.clear_at === 'next_user_message' && index < lastUser;
    return cleared ? [] : systemItems(message, context);
  });
  if (messages.at(-1)?.role === 'assistant') context.warnings.dropped('prefill'); // the model begins anew after it
  const items = turns.map((turn) => turn.map(({ item }) => item));
  return {
    ...readableBy(turns.flat()),
    bareCallIds: items.filter(hasNoReasoning).flatMap(callIdsOf),
    effort: lastEffort(messages),
  };
}

/** An item, with the account that sealed it where there is one. */
interface Origin {
  readonly item: InputItem;
  readonly account: string | null;
}

function unsealed(item: InputItem): Origin {
  return { item, account: null };
}

/** A conversation may have moved to another account: the reasoning that only an earlier one can read stays out. */
function readableBy(origins: readonly Origin[]): Pick<Conversation, 'items' | 'sealedBy'> {
  const sealedBy = origins.findLast(({ account }) => account !== null)?.account ?? null;
  const readable = origins.filter(({ account }) => account === null || account === sealedBy);
  return { items: readable.map(({ item }) => item), sealedBy };
}

function hasNoReasoning(items: readonly InputItem[]): boolean {
  return !items.some(({ type }) => type === 'reasoning');
}

function lastEffort(messages: readonly Message[]): string | null {
  const efforts = messages.map((message) =>
    message.role === 'system' ? message.output_config?.effort : null,
  );
  return efforts.findLast((effort) => typeof effort === 'string') ?? null;
}

function systemItems({ content }: SystemMessage, context: ResultContext): readonly Origin[] {
  const parts = textParts(systemText(content ?? '', context));
  return parts.length === 0 ? [] : [unsealed({ type: 'message', role: 'developer', content: parts })];
}

type Turn = Exclude<Message, SystemMessage>;

/** Texts and images gather into messages; calls, results and reasoning stand between them as items of their own. */
function readTurn({ role, content }: Turn, place: Place, context: ConversationContext): readonly Origin[] {
  const blocks: readonly ContentBlock[] =
    typeof content === 'string' ? [{ type: 'text', text: content }] : content;
  const items: Origin[] = [];
  let gathered: ContentPart[] = [];
  const flush = (): void => {
    if (gathered.length > 0) items.push(unsealed({ type: 'message', role, content: gathered }));
    gathered = [];
  };
  const read = role === 'user' ? readUserBlock : readAssistantBlock;
  for (const [index, block] of blocks.entries()) {
    const { parts, item, account } = read(block, context, [...place, index]);
    for (const part of parts ?? []) gathered.push(part); // not spread: a document may have a hundred thousand
    if (!item) continue;
    flush();
    items.push({ item, account: account ?? null });
  }
  flush();
  return items;
}

/** One block: content of the message being gathered, or an item that ends it, or nothing. */
interface ReadBlock {
  readonly parts?: readonly ContentPart[];
  readonly item?: InputItem;
  /** Who sealed it. */
  readonly account?: string | null;
}

function readUserBlock(block: ContentBlock, context: ConversationContext, place: Place): ReadBlock {
  switch (block.type) {
    case 'text':
      return { parts: textParts(block.text) };
    case 'image':
      return { parts: [imagePart(block, place)] };
    case 'document':
      return { parts: documentParts(block, place) };
    case 'search_result':
      return { parts: textParts(searchResultText(block)) };
    case 'browser_state':
      return { parts: textParts(JSON.stringify(block)) };
    case 'tool_result':
      return { item: callOutput(block, place, context) };
    case 'tool_addition':
    case 'tool_removal':
      return {}; // they change the list of tools, see tool-list.ts
    case 'tool_use':
    case 'thinking':
    case 'redacted_thinking':
    case 'server_tool_use':
    case 'web_search_tool_result':
    case 'tool_search_tool_result':
    case 'compaction':
    case 'unrecognised':
      return unread(block, context);
  }
}

function readAssistantBlock(block: ContentBlock, context: ConversationContext): ReadBlock {
  switch (block.type) {
    case 'text':
      return block.text === '' ? {} : { parts: [{ type: 'output_text', text: block.text }] };
    case 'tool_use':
      return { item: functionCall(block, context.names) };
    case 'thinking':
      return reasoning(openSignature(block.signature, block.thinking, context.model));
    case 'redacted_thinking':
      return reasoning(openSignature(block.data, '', context.model));
    case 'compaction':
      return block.content ? { item: developerNote(block.content) } : {};
    case 'server_tool_use':
    case 'web_search_tool_result':
    case 'tool_search_tool_result':
    case 'tool_addition':
    case 'tool_removal':
      return {}; // the model's own text has used them; what they say of tools is read in tool-list.ts
    case 'image':
    case 'document':
    case 'search_result':
    case 'browser_state':
    case 'tool_result':
    case 'unrecognised':
      return unread(block, context);
  }
}

function functionCall(block: Extract<ContentBlock, { type: 'tool_use' }>, names: ToolNames): InputItem {
  const { id, name, input } = block;
  return {
    type: 'function_call',
    call_id: id,
    name: names.toUpstream(name),
    arguments: JSON.stringify(input ?? {}),
  };
}

function reasoning(opened: OpenedSignature | null): ReadBlock {
  return opened ?? {};
}

function developerNote(text: string): InputItem {
  return { type: 'message', role: 'developer', content: [{ type: 'input_text', text }] };
}

function unread(block: ContentBlock, { warnings }: ConversationContext): ReadBlock {
  if (block.type === 'unrecognised') warnings.unknown(block.name);
  else warnings.dropped(block.type);
  return {};
}
