import type { Fault } from '../../fault.ts';
import { sseFrame } from '../../sse.ts';
import type { Usage } from '../../usage.ts';
import type { Stamp } from '../dialect.ts';
import { openAiError } from '../openai-error.ts';
import type { FinishReason } from './finish.ts';
import { chatUsage } from './usage.ts';

/** The frames of one stream. They all begin and end alike, so only what differs is made into JSON. */
export interface Chunks {
  readonly delta: (delta: Readonly<Record<string, unknown>>) => string;
  /** `delta({content: text})`, for the event that comes thousands of times. */
  readonly text: (text: string) => string;
  readonly finish: (reason: FinishReason) => string;
  readonly usage: (usage: Usage) => string;
}

/** Frames have no `event:` line, and every one has a `choices` array: SDKs loop over it without looking. */
export function createChunks(model: string, stamp: Stamp, includeUsage: boolean): Chunks {
  const id = JSON.stringify(`chatcmpl-${stamp.id}`);
  const head = `data: {"id":${id},"object":"chat.completion.chunk","created":${stamp.createdAt},"model":${JSON.stringify(model)},"choices":[`;
  const choice = `${head}{"index":0,"delta":`;
  const tail = includeUsage ? '}],"usage":null}\n\n' : '}]}\n\n';
  const unfinished = `,"logprobs":null,"finish_reason":null${tail}`;
  return {
    delta: (delta) => `${choice}${JSON.stringify(delta)}${unfinished}`,
    text: (text) => `${choice}{"content":${JSON.stringify(text)}}${unfinished}`,
    finish: (reason) => `${choice}{},"logprobs":null,"finish_reason":"${reason}"${tail}`,
    usage: (usage) => `${head}],"usage":${JSON.stringify(chatUsage(usage))}}\n\n`,
  };
}

/** No finish reason comes with it: an answer that broke off must not look like one that ended. */
export function errorFrame(fault: Fault): string {
  return sseFrame({ error: openAiError(fault) });
}
