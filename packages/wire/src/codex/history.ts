import type {
  CallOutputItem,
  ContentPart,
  CustomToolCallItem,
  FunctionCallItem,
  InputItem,
} from './items.ts';

type CallItem = FunctionCallItem | CustomToolCallItem;

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
  const calls = new Set(items.map(callIdOf));
  const answered = new Set(items.filter(isOutput).map((item) => item.call_id));
  const repaired: InputItem[] = [];
  let unanswered: CallItem[] = [];
  const answerOpenCalls = (): void => {
    repaired.push(...unanswered.map(abortedOutput));
    unanswered = [];
  };
  for (const item of items) {
    if (!isCall(item)) answerOpenCalls();
    if (isOutput(item) && !calls.has(item.call_id)) repaired.push(orphanMessage(item));
    else repaired.push(item);
    if (isCall(item) && !answered.has(item.call_id)) unanswered.push(item);
  }
  answerOpenCalls();
  return repaired.map((item) => withSafeCallId(item, digest));
}

function isCall(item: InputItem): item is CallItem {
  return item.type === 'function_call' || item.type === 'custom_tool_call';
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
