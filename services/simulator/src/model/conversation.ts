import { type JsonObject, asObjects, asText } from '../json.ts';
import { describeImages } from './images.ts';

/** A call of this turn with the text of its output. */
export interface AnsweredCall {
  readonly name: string;
  readonly output: string;
}

/** What the model sees of a request, sorted for deciding. */
export interface Conversation {
  /** Instructions, developer and system messages. */
  readonly system: string;
  /** The last message of a person; reminders that agents wrap in tags are not messages of a person. */
  readonly prompt: string;
  readonly earlierUserTexts: readonly string[];
  readonly lastAssistantText: string;
  readonly imagesInPrompt: number;
  /** Calls after the prompt that have an output, in order. */
  readonly answeredCalls: readonly AnsweredCall[];
  readonly endsWithCompactionTrigger: boolean;
}

/** The text of a content list or string; images and files count as nothing. */
export function textOfContent(content: unknown): string {
  if (typeof content === 'string') return content;
  return asObjects(content)
    .map((part) => asText(part['text']))
    .filter((text) => text !== '')
    .join('\n');
}

const WRAPPED = /<(system-reminder|environment_context|user_instructions)>[\s\S]*?<\/\1>/g;

function personsText(item: JsonObject): string {
  return textOfContent(item['content']).replaceAll(WRAPPED, '').trim();
}

function imagesIn(content: unknown): number {
  return asObjects(content).filter((part) => part['type'] === 'input_image').length;
}

function isMessage(item: JsonObject, role: string): boolean {
  return item['role'] === role && (item['type'] === undefined || item['type'] === 'message');
}

export function readConversation(instructions: string, input: readonly JsonObject[]): Conversation {
  const spoken = input
    .map((item, index) => ({ item, index, text: isMessage(item, 'user') ? personsText(item) : '' }))
    .filter(({ item, text }) => text !== '' || (isMessage(item, 'user') && imagesIn(item['content']) > 0));
  const last = spoken.at(-1);
  const afterPrompt = input.slice((last?.index ?? -1) + 1);
  const system = [
    instructions,
    ...input
      .filter((item) => isMessage(item, 'developer') || isMessage(item, 'system'))
      .map((item) => textOfContent(item['content'])),
  ];
  return {
    system: system.filter((text) => text !== '').join('\n'),
    prompt: last?.text ?? '',
    earlierUserTexts: spoken.slice(0, -1).map(({ text }) => text),
    lastAssistantText: lastAssistantText(input),
    imagesInPrompt: last === undefined ? 0 : imagesIn(last.item['content']),
    answeredCalls: answeredCalls(afterPrompt),
    endsWithCompactionTrigger: input.at(-1)?.['type'] === 'compaction_trigger',
  };
}

function lastAssistantText(input: readonly JsonObject[]): string {
  const last = input.findLast((item) => isMessage(item, 'assistant'));
  return last === undefined ? '' : textOfContent(last['content']);
}

function answeredCalls(items: readonly JsonObject[]): readonly AnsweredCall[] {
  const outputs = new Map(
    items
      .filter((item) => item['type'] === 'function_call_output' || item['type'] === 'custom_tool_call_output')
      .map((item) => [item['call_id'], outputText(item)]),
  );
  return items
    .filter((item) => item['type'] === 'function_call' || item['type'] === 'custom_tool_call')
    .flatMap((item) => {
      const output = outputs.get(item['call_id']);
      return output === undefined ? [] : [{ name: asText(item['name']), output }];
    });
}

function outputText(item: JsonObject): string {
  const text = textOfContent(item['output']);
  if (imagesIn(item['output']) === 0) return text;
  return `${text}${text === '' ? '' : '\n'}${describeImages([item])}`;
}
