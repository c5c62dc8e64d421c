import type { Ids } from '../../ids.ts';
import type { Answer, AnswerItem, UsageFigures } from '../../model/answer.ts';

/** A call as a chat message carries it. */
export interface ChatCall {
  readonly id: string;
  readonly type: 'function' | 'custom';
  readonly name: string;
  /** The arguments of a function, the input of a custom tool. */
  readonly payload: string;
}

/** One choice: what the model decided, in the terms of a chat message. */
export interface ChatChoice {
  readonly index: number;
  readonly texts: readonly ChatText[];
  readonly refusal: string | undefined;
  readonly calls: readonly ChatCall[];
  /** Whether calls are spoken with their argument deltas mixed. */
  readonly interleaved: boolean;
  /** The one call of a request with the legacy `functions`. */
  readonly isLegacy: boolean;
  /** What `logprobs` holds for a text, when figures are wanted. */
  readonly logprobs: ((text: string) => object) | undefined;
  readonly finishReason: 'stop' | 'length' | 'tool_calls' | 'function_call' | 'content_filter';
}

/** A text, or a load of equal deltas that is made while it is sent. */
export type ChatText = Extract<AnswerItem, { type: 'message' | 'load' }>;

const CALL_ID_LENGTH = 29;

/** What a choice is beside its answer. */
export interface ChoicePlace extends Pick<ChatChoice, 'index' | 'isLegacy' | 'logprobs'> {
  readonly ids: Ids;
}

export function toChoice(answer: Answer, { index, isLegacy, logprobs, ids }: ChoicePlace): ChatChoice {
  const calls = answer.items.flatMap((item): readonly ChatCall[] => {
    if (item.type !== 'function_call' && item.type !== 'custom_tool_call') return [];
    const id = ids.next('call_').slice(0, CALL_ID_LENGTH);
    return item.type === 'function_call'
      ? [{ id, type: 'function', name: item.name, payload: item.arguments }]
      : [{ id, type: 'custom', name: item.name, payload: item.input }];
  });
  const legacy = isLegacy && calls.length > 0;
  return {
    index,
    texts: answer.items.filter((item): item is ChatText => item.type === 'message' || item.type === 'load'),
    refusal: answer.items.find((item) => item.type === 'refusal')?.text,
    calls: legacy ? calls.slice(0, 1) : calls,
    interleaved: answer.interleaved,
    isLegacy: legacy,
    logprobs,
    finishReason: finishReasonOf(answer, calls.length > 0, legacy),
  };
}

function finishReasonOf(
  { incompleteReason }: Answer,
  hasCalls: boolean,
  isLegacy: boolean,
): ChatChoice['finishReason'] {
  if (incompleteReason !== undefined)
    return incompleteReason === 'content_filter' ? incompleteReason : 'length';
  if (!hasCalls) return 'stop';
  return isLegacy ? 'function_call' : 'tool_calls';
}

/** What stands in the completion and in each of its chunks. */
export interface ChatIdentity {
  readonly id: string;
  readonly created: number;
  readonly model: string;
  readonly fingerprint: string;
  readonly serviceTier: string;
}

/** A completion as one object. */
export function completionOf(
  { id, created, model, fingerprint, serviceTier }: ChatIdentity,
  choices: readonly ChatChoice[],
  usage: object,
): object {
  return {
    id,
    object: 'chat.completion',
    created,
    model,
    choices: choices.map((choice) => ({
      index: choice.index,
      message: messageOf(choice),
      logprobs: choice.logprobs?.(contentOf(choice) ?? '') ?? null,
      finish_reason: choice.finishReason,
    })),
    usage,
    service_tier: serviceTier,
    system_fingerprint: fingerprint,
  };
}

/** Whether the message has text; one with neither text nor anything else has an empty one. */
export function hasContent({ texts, refusal, calls }: ChatChoice): boolean {
  return texts.length > 0 || (refusal === undefined && calls.length === 0);
}

function contentOf(choice: ChatChoice): string | null {
  if (!hasContent(choice)) return null;
  return choice.texts
    .map((text) => (text.type === 'load' ? text.delta.repeat(text.events) : text.text))
    .join('');
}

function messageOf(choice: ChatChoice): object {
  const { refusal, calls, isLegacy } = choice;
  const [first] = calls;
  return {
    role: 'assistant',
    content: contentOf(choice),
    refusal: refusal ?? null,
    annotations: [],
    ...(isLegacy && first !== undefined
      ? { function_call: { name: first.name, arguments: first.payload } }
      : {}),
    ...(!isLegacy && first !== undefined ? { tool_calls: calls.map(toToolCall) } : {}),
  };
}

function toToolCall({ id, type, name, payload }: ChatCall): object {
  return type === 'function'
    ? { id, type, function: { name, arguments: payload } }
    : { id, type, custom: { name, input: payload } };
}

/** The usage of all choices together. */
export function usageOf(answers: readonly { readonly usage: UsageFigures }[]): object {
  const [first] = answers;
  const sum = (read: (figures: UsageFigures) => number): number =>
    answers.reduce((total, { usage }) => total + read(usage), 0);
  const prompt = first?.usage.input ?? 0;
  const completion = sum(({ output }) => output);
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: { cached_tokens: first?.usage.cached ?? 0, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: sum(({ reasoning }) => reasoning),
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}
