import type { CodexEvent } from '../codex/events.ts';
import type { CodexRequest } from '../codex/request.ts';
import { isRecord } from '../record.ts';

const OPENING = '<tool_use>';
const CLOSING = '</tool_use>';
/** A block that is longer than this in UTF-16 units is text: it is not held back any further. */
const MAX_BLOCK = 64 * 1024;

/** A call that the model wrote as text. */
export interface WrittenCall {
  readonly name: string;
  /** JSON of an object. */
  readonly arguments: string;
}

/** What was found of `<tool_use>…</tool_use>` in the visible text of an answer. */
export interface ToolText {
  /** Functions that the request declares, by their upstream names. */
  readonly names: ReadonlySet<string>;
  readonly calls: WrittenCall[];
  /** How many blocks stayed text: not whole, not well-formed, or of no declared function. */
  kept: number;
}

/** Null when the request declares no function or forbids calls: then no text can mean one. */
export function createToolText({ tools = [], tool_choice: choice }: CodexRequest): ToolText | null {
  const names = tools.flatMap(({ type, name }) =>
    type === 'function' && typeof name === 'string' ? [name] : [],
  );
  return names.length === 0 || choice === 'none' ? null : { names: new Set(names), calls: [], kept: 0 };
}

export interface ToolTextReader {
  /** The text without the calls written in it; `isLast` when no more of it will come. */
  readonly push: (piece: string, isLast: boolean) => string;
}

/** Reads one text that comes in pieces. What may be the beginning of a block is held back until it is clear. */
export function createToolTextReader(found: ToolText): ToolTextReader {
  let held = '';
  return {
    push: (piece, isLast) => {
      if (held === '' && !piece.includes('<')) return piece;
      let text = held + piece;
      held = '';
      let shown = '';
      for (;;) {
        const start = text.indexOf(OPENING);
        if (start === -1) {
          const end = isLast ? text.length : text.length - beginningAtEnd(text);
          held = text.slice(end);
          return shown + text.slice(0, end);
        }
        shown += text.slice(0, start);
        text = text.slice(start);
        const end = text.indexOf(CLOSING);
        if (end === -1 && !isLast && text.length <= MAX_BLOCK) {
          held = text;
          return shown;
        }
        const length = end === -1 ? OPENING.length : end + CLOSING.length;
        const call = end === -1 ? null : writtenCall(text.slice(OPENING.length, end), found.names);
        if (call) found.calls.push(call);
        else {
          found.kept += 1;
          shown += text.slice(0, length);
        }
        text = text.slice(length);
      }
    },
  };
}

/** How much of the text's end may be the beginning of a block. */
function beginningAtEnd(text: string): number {
  const last = text.lastIndexOf('<');
  if (last === -1) return 0;
  const end = text.slice(last);
  return end.length < OPENING.length && OPENING.startsWith(end) ? end.length : 0;
}

/** `<name>f</name><input>{…}</input>`, under the names that models use for the two. */
const asElements =
  /^<(name|tool_name|tool)>([^<]*)<\/\1>\s*(?:<(input|arguments|parameters|tool_parameters)>(.*)<\/\3>)?$/s;

function writtenCall(block: string, names: ReadonlySet<string>): WrittenCall | null {
  const text = block.trim();
  const elements = asElements.exec(text);
  const call = elements
    ? { name: elements[2]?.trim(), args: elements[4] === undefined ? {} : parsed(elements[4]) }
    : asObject(parsed(text));
  if (call?.name === undefined || !names.has(call.name) || !isRecord(call.args)) return null;
  return { name: call.name, arguments: JSON.stringify(call.args) };
}

/** `{"name": "f", "input": {…}}`; the arguments may be JSON in a string, as in this API. */
function asObject(value: unknown): { readonly name: string; readonly args: unknown } | null {
  if (!isRecord(value) || typeof value['name'] !== 'string') return null;
  const args = value['input'] ?? value['arguments'] ?? value['parameters'] ?? {};
  return { name: value['name'], args: typeof args === 'string' ? parsed(args) : args };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // no JSON: the block stays text
  }
}

export interface CallPlace {
  readonly outputIndex: number;
  /** Tells this call from all others. */
  readonly id: string;
}

/** What the upstream sends of a call. */
export function callEvents(call: WrittenCall, { outputIndex, id }: CallPlace): readonly CodexEvent[] {
  const place = { output_index: outputIndex, item_id: `fc_${id}` };
  const item = { type: 'function_call', id: place.item_id, call_id: `call_${id}`, name: call.name };
  const begun = { ...item, arguments: '', status: 'in_progress' };
  const whole = { ...item, arguments: call.arguments, status: 'completed' };
  return [
    { type: 'response.output_item.added', output_index: outputIndex, item: begun },
    { type: 'response.function_call_arguments.delta', ...place, delta: call.arguments },
    { type: 'response.function_call_arguments.done', ...place, arguments: call.arguments },
    { type: 'response.output_item.done', output_index: outputIndex, item: whole },
  ];
}
