import { isRecord } from '../record.ts';
import { isCall, type CallItem } from './history.ts';
import type { InputItem } from './items.ts';
import type { CodexTool } from './request.ts';
import { renamedTools, type ToolNames } from './tool-names.ts';

/** Items that bring tools of their own, or ask for something other than an answer. */
const selfContained: ReadonlySet<unknown> = new Set(['additional_tools', 'compaction_trigger']);

/**
 * The tools of a conversation that has calls, for a request that declares none: without them the model writes its calls
 * as text. They are those that the calls were made with, where that is known, else what the calls themselves tell.
 *
 * @param known the tools that the latest call was made with, by the client's names; null when nobody knows
 */
export function restoredTools(
  items: readonly InputItem[],
  known: readonly CodexTool[] | null,
  names: ToolNames,
): readonly CodexTool[] {
  const calls = items.filter(isCall);
  const complete = items.some((item) => item.type === 'passed' && selfContained.has(item.item['type']));
  if (calls.length === 0 || complete) return [];
  if (known !== null) return renamedTools(known, names.toUpstream);
  // a tool in a namespace can only be declared inside of it, and nothing is known of that
  const named = Map.groupBy(
    calls.filter(({ namespace }) => namespace === undefined),
    ({ name }) => name,
  );
  return [...named].map(([name, ofTool]) => seenTool(name, ofTool));
}

const description = '(restored from history)';
/** So many parameters are more than any tool has. */
const MAX_PARAMETERS = 256;
/** Longer arguments (the content of a file, say) are not read again for the names in them. */
const MAX_ARGUMENTS = 65_536;

function seenTool(name: string, calls: readonly CallItem[]): CodexTool {
  if (calls.every((call) => call.type === 'custom_tool_call')) return { type: 'custom', name, description };
  const parameters = new Set(
    calls.flatMap((call) => (call.type === 'function_call' ? keysOf(call.arguments) : [])),
  );
  return {
    type: 'function',
    name,
    description,
    parameters: {
      type: 'object',
      properties: Object.fromEntries(
        [...parameters].slice(0, MAX_PARAMETERS).map((parameter) => [parameter, {}]),
      ),
      additionalProperties: true,
    },
    strict: false,
  };
}

function keysOf(args: string): readonly string[] {
  if (args.length > MAX_ARGUMENTS || !args.trimStart().startsWith('{')) return [];
  try {
    const value: unknown = JSON.parse(args);
    return isRecord(value) ? Object.keys(value) : [];
  } catch {
    return []; // a call whose arguments are no JSON tells only that the tool exists
  }
}
