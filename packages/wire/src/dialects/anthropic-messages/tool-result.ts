import type { CallOutputItem, ContentPart } from '../../codex/items.ts';
import type { WarningLog } from '../warnings.ts';
import type { ResultBlock, ToolResultBlock } from './blocks.ts';
import { documentParts, imagePart, searchResultText, textParts, type Place } from './content-parts.ts';

/** What a tool result may need besides itself. */
export interface ResultContext {
  /** The definition that a `tool_reference` stands for, as the model is to read it; null for an unknown tool. */
  readonly definition: (toolName: string) => string | null;
  readonly warnings: WarningLog;
}

const saysItFailed = /^(Error|<tool_use_error>)/;

/** A `tool_result` as the output of its call: one text when it has only text, else parts in their order. */
export function callOutput(block: ToolResultBlock, place: Place, context: ResultContext): CallOutputItem {
  const parts = resultParts(block, place, context);
  const texts = parts.flatMap((part) => (part.type === 'input_text' ? [part.text] : []));
  const output = texts.length === parts.length ? texts.join('\n') : parts;
  return {
    type: 'function_call_output',
    call_id: block.tool_use_id,
    output: block.is_error === true ? marked(output) : output,
  };
}

/** The upstream has no flag for a failed call; the words must say it. */
function marked(output: CallOutputItem['output']): CallOutputItem['output'] {
  if (typeof output === 'string') return saysItFailed.test(output) ? output : `Error: ${output}`;
  const [first] = output;
  const isSaid = first?.type === 'input_text' && saysItFailed.test(first.text);
  return isSaid ? output : [{ type: 'input_text', text: 'Error:' }, ...output];
}

function resultParts(block: ToolResultBlock, place: Place, context: ResultContext): readonly ContentPart[] {
  const { content } = block;
  if (typeof content === 'string') return textParts(content);
  const blocks = content ?? [];
  const loaded = loadedTools(blocks, context);
  return [
    ...blocks.flatMap((nested, index) => resultPart(nested, [...place, 'content', index], context)),
    ...textParts(loaded),
  ];
}

function resultPart(block: ResultBlock, place: Place, { warnings }: ResultContext): readonly ContentPart[] {
  switch (block.type) {
    case 'text':
      return textParts(block.text);
    case 'image':
      return [imagePart(block, place)];
    case 'document':
      return documentParts(block, place);
    case 'search_result':
      return textParts(searchResultText(block));
    case 'browser_state':
      return textParts(JSON.stringify(block));
    case 'tool_reference':
      return []; // all references of a result stand together, see loadedTools
    case 'unrecognised':
      warnings.unknown(block.name);
      return [];
  }
}

/** In the form that Claude Code's ToolSearch tool promises to the model. */
function loadedTools(blocks: readonly ResultBlock[], { definition }: ResultContext): string {
  const lines = blocks
    .flatMap((block) => (block.type === 'tool_reference' ? [definition(block.tool_name)] : []))
    .filter((line) => line !== null)
    .map((line) => `<function>${line}</function>`);
  return lines.length === 0 ? '' : ['<functions>', ...lines, '</functions>'].join('\n');
}
