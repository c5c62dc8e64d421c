import type { CodexEvent } from './events.ts';

/** The texts that an item is made of. */
export type PieceKind = 'output_text' | 'refusal' | 'summary_text' | 'reasoning_text' | 'arguments' | 'input';

/** What an event says of one text of an item. */
export interface Piece {
  readonly outputIndex: number;
  readonly kind: PieceKind;
  /** The content or summary index. */
  readonly place: number;
  readonly text: string;
  /** Whether this is all of the text, or what it goes on with. */
  readonly whole: boolean;
}

/** Null for every event that says nothing of a text; a finished item says it all again. */
export function pieceOf(event: CodexEvent): Piece | null {
  switch (event.type) {
    case 'response.output_text.delta':
      return piece(event, 'output_text', event.content_index, event.delta);
    case 'response.output_text.done':
      return whole(event, 'output_text', event.content_index, event.text);
    case 'response.refusal.delta':
      return piece(event, 'refusal', event.content_index, event.delta);
    case 'response.refusal.done':
      return whole(event, 'refusal', event.content_index, event.refusal);
    case 'response.reasoning_summary_text.delta':
      return piece(event, 'summary_text', event.summary_index, event.delta);
    case 'response.reasoning_summary_text.done':
      return whole(event, 'summary_text', event.summary_index, event.text);
    case 'response.reasoning_text.delta':
      return piece(event, 'reasoning_text', event.content_index, event.delta);
    case 'response.function_call_arguments.delta':
      return piece(event, 'arguments', 0, event.delta);
    case 'response.function_call_arguments.done':
      return whole(event, 'arguments', 0, event.arguments);
    case 'response.custom_tool_call_input.delta':
      return piece(event, 'input', 0, event.delta);
    case 'response.custom_tool_call_input.done':
      return whole(event, 'input', 0, event.input);
    case 'response.created':
    case 'response.queued':
    case 'response.in_progress':
    case 'response.output_item.added':
    case 'response.output_item.done':
    case 'response.content_part.added':
    case 'response.content_part.done':
    case 'response.reasoning_summary_part.added':
    case 'response.reasoning_summary_part.done':
    case 'response.completed':
    case 'response.incomplete':
    case 'response.failed':
    case 'error':
    case 'other':
    case 'malformed':
      return null;
  }
}

interface InItem {
  readonly output_index: number;
}

function piece({ output_index }: InItem, kind: PieceKind, place: number, text: string): Piece {
  return { outputIndex: output_index, kind, place, text, whole: false };
}

function whole(event: InItem, kind: PieceKind, place: number, text: string): Piece {
  return { ...piece(event, kind, place, text), whole: true };
}
