import { createFold } from '../../src/codex/fold.ts';
import type { Exchange } from '../../src/dialects/dialect.ts';
import { openaiChat } from '../../src/dialects/openai-chat/dialect.ts';
import { defaultOptions } from '../../src/dialects/options.ts';
import type { Fault } from '../../src/fault.ts';
import { openContext, stamp } from '../open-context.ts';
import type { AnswerCase } from './cases.ts';

const brokenOff: Fault = { kind: 'upstream_error', message: 'The upstream ended without an answer.' };

function open({ request, display }: AnswerCase, stream: boolean): Exchange {
  const body = { model: 'gpt-5.5', messages: [{ role: 'user', content: 'Go.' }], stream, ...request };
  const options = { ...defaultOptions, ...(display && { chat: { reasoning: display } }) };
  return openaiChat.open(stream ? body : { ...body, stream_options: undefined }, openContext({ options }));
}

/** The whole stream; one that the upstream cuts is ended as the gateway does it. */
export function streamOf(answer: AnswerCase): string {
  const encoder = open(answer, true).encoder(stamp);
  const text = encoder.push(answer.events);
  return answer.ends === 'cut' ? text + encoder.fail(brokenOff) : text;
}

/** The JSON answer; null when there is none. */
export function replyOf(answer: AnswerCase): unknown {
  const fold = createFold();
  fold.push(answer.events);
  const folded = fold.result();
  return folded && open(answer, false).reply(folded, stamp);
}
