import { FaultError } from '../fault.ts';
import { outputOf, type CodexEvent, type OutputItem } from './events.ts';

/**
 * Watches an answer for calls without a name. Nobody can make such a call, and without it the answer would look whole
 * and not be: its end is a failure, for clients of every dialect. An answer that was cut off may have one.
 *
 * @throws FaultError `upstream_error` at the end of a completed answer
 */
export function createNamedCalls(): (event: CodexEvent) => void {
  /** Calls whose name has not come, by output index, with their item's id. */
  const nameless = new Map<number, unknown>();
  const named = new Set<number>();
  const noteItem = (index: number, item: OutputItem): void => {
    if (!isCall(item)) return;
    if (!item.name) return void nameless.set(index, item.id);
    named.add(index);
    nameless.delete(index);
  };
  return (event) => {
    if ('item' in event) noteItem(event.output_index, event.item);
    else if (pieces.has(event.type) && 'item_id' in event && !named.has(event.output_index))
      nameless.set(event.output_index, event.item_id);
    else if (event.type === 'response.completed' && nameless.size > 0) {
      const late = new Set<unknown>(outputOf(event.response).flatMap(({ name, id }) => (name ? [id] : [])));
      if ([...nameless.values()].some((id) => !late.has(id))) throw new FaultError(namelessCall);
    }
  };
}

const pieces: ReadonlySet<string> = new Set([
  'response.function_call_arguments.delta',
  'response.function_call_arguments.done',
  'response.custom_tool_call_input.delta',
  'response.custom_tool_call_input.done',
] satisfies CodexEvent['type'][]);

const namelessCall = {
  kind: 'upstream_error',
  message: 'The upstream ended its answer with a tool call that has no name.',
} as const;

function isCall({ type }: OutputItem): boolean {
  return type === 'function_call' || type === 'custom_tool_call';
}
