import type {
  CallOutputItem,
  ContentPart,
  CustomToolCallItem,
  FunctionCallItem,
  InputItem,
} from './items.ts';

export type CallItem = FunctionCallItem | CustomToolCallItem;

const MAX_CALL_ID = 64;
const safeCallId = /^[A-Za-z0-9_-]+$/;

/** What an interrupted call is answered with; the Codex CLI says the same of its own interrupted turns. */
const ABORTED = 'aborted';

/**
 * Mends what the upstream would refuse and a client cannot know: an output without its call becomes a user message, a
 * call without its output gets one, and call ids that are too long or odd get a short stand-in on both sides. Keeps
 * the order of the conversation.
 */
export function repairHistory(
  items: readonly InputItem[],
  digest: (text: string) => string,
): readonly InputItem[] {
  const { orphans, unanswered } = unpaired(items);
  const repaired: InputItem[] = [];
  let openCalls: CallItem[] = [];
  const answerOpenCalls = (): void => {
    repaired.push(...openCalls.map(abortedOutput));
    openCalls = [];
  };
  for (const [index, item] of items.entries()) {
    if (!isCall(item)) answerOpenCalls();
    repaired.push(isOutput(item) && orphans.has(index) ? orphanMessage(item) : item);
    if (isCall(item) && unanswered.has(index)) openCalls.push(item);
  }
  answerOpenCalls();
  return repaired.map((item) => withSafeCallId(item, digest));
}

interface Unpaired {
  /** Places of outputs without a call before them. */
  readonly orphans: ReadonlySet<number>;
  /** Places of calls without an output after them. */
  readonly unanswered: ReadonlySet<number>;
}

/** An output answers the call of its id before it; some clients count their ids from the start in every turn. */
function unpaired(items: readonly InputItem[]): Unpaired {
  const open = new Map<unknown, number[]>();
  const orphans = new Set<number>();
  for (const [index, item] of items.entries()) {
    if (isOutput(item)) {
      if (open.get(item.call_id)?.pop() === undefined) orphans.add(index);
      continue;
    }
    const callId = callIdOf(item);
    if (callId !== undefined) open.set(callId, [...(open.get(callId) ?? []), index]);
  }
  return { orphans, unanswered: new Set([...open.values()].flat()) };
}

export function isCall(item: InputItem): item is CallItem {
  return item.type === 'function_call' || item.type === 'custom_tool_call';
}

export function callIdsOf(items: readonly InputItem[]): readonly string[] {
  return items.filter(isCall).map(({ call_id }) => call_id);
}

/** Calls of the other kinds (`local_shell_call`, …) are answered by the same outputs, so they count too. */
function callIdOf(item: InputItem): unknown {
  if (item.type === 'passed') return item.item['call_id'];
  return isCall(item) ? item.call_id : undefined;
}

function isOutput(item: InputItem): item is CallOutputItem {
  return item.type === 'function_call_output' || item.type === 'custom_tool_call_output';
}

function abortedOutput(call: CallItem): CallOutputItem {
  const type = call.type === 'function_call' ? 'function_call_output' : 'custom_tool_call_output';
  return { type, call_id: call.call_id, output: ABORTED };
}

function orphanMessage({ call_id, output }: CallOutputItem): InputItem {
  const label: ContentPart = { type: 'input_text', text: `[tool result for ${call_id}]` };
  const content: readonly ContentPart[] =
    typeof output === 'string' ? [{ type: 'input_text', text: output }] : output;
  return { type: 'message', role: 'user', content: [label, ...content] };
}

function withSafeCallId(item: InputItem, digest: (text: string) => string): InputItem {
  if (!isCall(item) && !isOutput(item)) return item;
  if (item.call_id.length <= MAX_CALL_ID && safeCallId.test(item.call_id)) return item;
  return { ...item, call_id: `call_${digest(item.call_id).slice(0, 24)}` };
}
