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
    for (const call of openCalls) repaired.push(abortedOutput(call));
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

/** An output answers the call of its id and kind before it; some clients count their ids from the start in every turn. */
function unpaired(items: readonly InputItem[]): Unpaired {
  const open = new Map<string, number[]>();
  const orphans = new Set<number>();
  for (const [index, item] of items.entries()) {
    if (isOutput(item)) {
      if (open.get(`${item.type} ${item.call_id}`)?.pop() === undefined) orphans.add(index);
      continue;
    }
    const callId = callIdOf(item);
    if (callId === undefined) continue;
    const answer = `${answerType(item)} ${callId}`;
    const earlier = open.get(answer);
    if (earlier) earlier.push(index);
    else open.set(answer, [index]);
  }
  return { orphans, unanswered: new Set([...open.values()].flat()) };
}

/** The type of the output that answers a call. */
function answerType({ type }: InputItem): CallOutputItem['type'] {
  return type === 'custom_tool_call' ? 'custom_tool_call_output' : 'function_call_output';
}

export function isCall(item: InputItem): item is CallItem {
  return item.type === 'function_call' || item.type === 'custom_tool_call';
}

export function callIdsOf(items: readonly InputItem[]): readonly string[] {
  return items.filter(isCall).map(({ call_id }) => call_id);
}

/** Calls of the other kinds (`local_shell_call`, …) are answered by the same outputs, so they count too. */
function callIdOf(item: InputItem): string | undefined {
  if (item.type !== 'passed') return isCall(item) ? item.call_id : undefined;
  const { type, call_id } = item.item;
  const isOtherCall = typeof type === 'string' && type.endsWith('_call');
  return isOtherCall && typeof call_id === 'string' ? call_id : undefined;
}

function isOutput(item: InputItem): item is CallOutputItem {
  return item.type === 'function_call_output' || item.type === 'custom_tool_call_output';
}

function abortedOutput(call: CallItem): CallOutputItem {
  return { type: answerType(call), call_id: call.call_id, output: ABORTED };
}

function orphanMessage({ call_id, output }: CallOutputItem): InputItem {
  const label: ContentPart = { type: 'input_text', text: `[tool result for ${call_id}]` };
  const content: readonly ContentPart[] =
    typeof output === 'string' ? [{ type: 'input_text', text: output }] : output;
  return { type: 'message', role: 'user', content: [label, ...content] };
}

function withSafeCallId(item: InputItem, digest: (text: string) => string): InputItem {
  if (item.type === 'passed') {
    const { call_id: callId } = item.item;
    return typeof callId !== 'string' || isSafe(callId)
      ? item
      : { ...item, item: { ...item.item, call_id: standIn(callId, digest) } };
  }
  if ((!isCall(item) && !isOutput(item)) || isSafe(item.call_id)) return item;
  return { ...item, call_id: standIn(item.call_id, digest) };
}

function isSafe(callId: string): boolean {
  return callId.length <= MAX_CALL_ID && safeCallId.test(callId);
}

function standIn(callId: string, digest: (text: string) => string): string {
  return `call_${digest(callId).slice(0, 24)}`;
}
