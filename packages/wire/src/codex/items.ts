import { isRecord } from '../record.ts';

/**
 * Items of `input` and `output` on the Codex Responses wire, in its own spelling. Only the members that the gateway
 * writes or reads are named; `PassedItem` is any other item, handed on as it came.
 */

export type TextPart = { readonly type: 'input_text' | 'output_text'; readonly text: string };
export type RefusalPart = { readonly type: 'refusal'; readonly refusal: string };
export type ImagePart = {
  readonly type: 'input_image';
  readonly image_url: string;
  readonly detail?: string;
};
export type FilePart = {
  readonly type: 'input_file';
  readonly filename?: string;
  readonly file_data?: string;
  readonly file_url?: string;
};
/** A part of a tool's output that only the backend reads (the Codex CLI sends them); handed on as it came. */
export type SealedPart = Readonly<Record<string, unknown>> & {
  readonly type: 'encrypted_content' | 'scoped_content';
};
export type ContentPart = TextPart | RefusalPart | ImagePart | FilePart | SealedPart;

export interface MessageItem {
  readonly type: 'message';
  readonly role: 'user' | 'assistant' | 'developer';
  readonly content: readonly ContentPart[];
  readonly phase?: string;
}

export interface FunctionCallItem {
  readonly type: 'function_call';
  readonly call_id: string;
  readonly name: string;
  readonly namespace?: string;
  readonly arguments: string;
}

export interface CustomToolCallItem {
  readonly type: 'custom_tool_call';
  readonly call_id: string;
  readonly name: string;
  readonly namespace?: string;
  readonly input: string;
}

export interface CallOutputItem {
  readonly type: 'function_call_output' | 'custom_tool_call_output';
  readonly call_id: string;
  readonly output: string | readonly ContentPart[];
}

export interface ReasoningItem {
  readonly type: 'reasoning';
  readonly summary: readonly { readonly type: 'summary_text'; readonly text: string }[];
  readonly content?: unknown;
  readonly encrypted_content: string;
}

/** An item that is not read here (compaction, web_search_call, additional_tools, …). */
export interface PassedItem {
  readonly type: 'passed';
  readonly item: Readonly<Record<string, unknown>>;
}

export type InputItem =
  | MessageItem
  | FunctionCallItem
  | CustomToolCallItem
  | CallOutputItem
  | ReasoningItem
  | PassedItem;

const itemTypes: ReadonlySet<unknown> = new Set([
  'message',
  'function_call',
  'custom_tool_call',
  'function_call_output',
  'custom_tool_call_output',
  'reasoning',
  'passed',
] satisfies InputItem['type'][]);

/** Whether a value that was stored as an item is one; its members were checked before it was stored. */
export function isInputItem(value: unknown): value is InputItem {
  return isRecord(value) && itemTypes.has(value['type']);
}
