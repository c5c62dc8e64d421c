import { z } from 'zod';
import type { OutputItem } from '../../codex/events.ts';
import type { Folded, FoldedItem } from '../../codex/fold.ts';
import type { Stamp } from '../dialect.ts';
import type { AnswerStyle } from './answer-style.ts';
import { callOf, callText, type Call } from './call-line.ts';
import { finishReason } from './finish.ts';
import { isCommentary, PARAGRAPH } from './prose.ts';
import { reasoningObject } from './reasoning.ts';
import { chatUsage } from './usage.ts';

/** A whole answer as a `chat.completion` object; says the same as the stream of it does. */
export function chatReply(answer: Folded, style: AnswerStyle, stamp: Stamp): unknown {
  const { incompleteReason, usage, response } = answer;
  const told = toldCalls(answer.items);
  const finish = finishReason({
    incompleteReason,
    called: told.length > 0,
    cutCall: told.some(({ done }) => !done),
    legacy: style.legacy,
  });
  return {
    id: `chatcmpl-${stamp.id}`,
    object: 'chat.completion',
    created: stamp.createdAt,
    model: style.model,
    ...style.echo,
    choices: [
      { index: 0, message: messageOf(answer.items, told, style), logprobs: null, finish_reason: finish },
    ],
    ...(usage && { usage: chatUsage(usage) }),
    ...(response.service_tier && { service_tier: response.service_tier }),
  };
}

function messageOf(items: readonly FoldedItem[], told: readonly ToldCall[], style: AnswerStyle) {
  const answers = items.filter(({ item }) => !isAside(item, style)).map(({ item }) => item);
  const { text, annotations } = visibleText(answers, style.json);
  const refusal = partsOf(answers, 'refusal').join('');
  const reasoning = items.flatMap(({ item }) => reasoningOf(item, style)).join(PARAGRAPH);
  // the stream says null, too, before a call, a refusal or reasoning: it cannot know whether text will follow
  const said = told.length > 0 || refusal !== '' || (reasoning !== '' && style.reasoning !== 'off');
  const content = text === '' && said ? null : text;
  return {
    role: 'assistant',
    content,
    refusal: refusal === '' ? null : refusal,
    ...(reasoning !== '' && reasoningObject(style.reasoning, reasoning)),
    ...(annotations.length > 0 && { annotations }),
    ...callMembers(told, style),
  };
}

/** What the model says between its calls is no part of a JSON answer. */
function isAside(item: OutputItem, { json }: AnswerStyle): boolean {
  return json && isCommentary(item);
}

function partsOf(items: readonly OutputItem[], type: 'output_text' | 'refusal'): readonly string[] {
  return items
    .flatMap((item) => item.content ?? [])
    .filter((part) => part.type === type)
    .map((part) => (type === 'refusal' ? part.refusal : part.text) ?? '');
}

function reasoningOf(item: OutputItem, style: AnswerStyle): readonly string[] {
  const raw = (item.content ?? []).flatMap((part) =>
    part.type === 'reasoning_text' ? [part.text ?? ''] : [],
  );
  const aside = isAside(item, style) ? partsOf([item], 'output_text') : [];
  const summary = (item.summary ?? []).map((part) => part.text ?? '');
  return [...summary, ...raw, ...aside].filter((text) => text !== '');
}

interface VisibleText {
  readonly text: string;
  readonly annotations: readonly UrlCitation[];
}

/** The texts of all messages, a paragraph apart; JSON would break by that. Places of citations move along. */
function visibleText(items: readonly OutputItem[], json: boolean): VisibleText {
  const annotations: UrlCitation[] = [];
  let text = '';
  for (const item of items) {
    const parts = (item.content ?? []).filter((part) => part.type === 'output_text' && part.text);
    if (parts.length > 0 && text !== '' && !json) text += PARAGRAPH;
    for (const part of parts) {
      annotations.push(
        ...(part.annotations ?? []).flatMap((annotation) => citationOf(annotation, text.length)),
      );
      text += part.text ?? '';
    }
  }
  return { text, annotations };
}

const citationSchema = z.object({
  type: z.literal('url_citation'),
  start_index: z.number(),
  end_index: z.number(),
  title: z.string(),
  url: z.string(),
});

interface UrlCitation {
  readonly type: 'url_citation';
  readonly url_citation: Readonly<Omit<z.infer<typeof citationSchema>, 'type'>>;
}

function citationOf(annotation: unknown, offset: number): readonly UrlCitation[] {
  const parsed = citationSchema.safeParse(annotation);
  if (!parsed.success) return [];
  const { type, start_index: start, end_index: end, title, url } = parsed.data;
  const place = { start_index: start + offset, end_index: end + offset };
  return [{ type, url_citation: { ...place, title, url } }];
}

interface ToldCall {
  readonly call: Call;
  readonly text: string;
  readonly done: boolean;
}

function toldCalls(items: readonly FoldedItem[]): readonly ToldCall[] {
  return items
    .filter(({ item }) => callOf(item, 0) !== null)
    .flatMap(({ item, done }, index) => {
      const call = callOf(item, index);
      // The text of a cut call stays as it came: mended JSON would be a call that the model never made.
      const text = done ? callText(item) : (item.arguments ?? item.input ?? '');
      return call ? [{ call, text, done }] : [];
    });
}

function callMembers(told: readonly ToldCall[], { legacy, names }: AnswerStyle) {
  const [first] = told;
  if (!first) return {};
  if (legacy) return { function_call: { name: names.toClient(first.call.name), arguments: first.text } };
  return {
    tool_calls: told.map(({ call: { id, kind, name: upstreamName }, text }) => {
      const name = names.toClient(upstreamName);
      return {
        id,
        type: kind,
        [kind]: kind === 'function' ? { name, arguments: text } : { name, input: text },
      };
    }),
  };
}
