import { once } from 'node:events';
import {
  request,
  type Agent,
  type ClientRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
} from 'node:http';
import { STACK_KEY } from './stack.ts';

/** How one dialect asks the same thing. */
export interface DialectCase {
  readonly name: string;
  readonly path: string;
  /** A whole body that asks this. */
  readonly body: (
    prompt: string,
    more?: Readonly<Record<string, unknown>>,
  ) => Readonly<Record<string, unknown>>;
  /** The member that carries the conversation. */
  readonly input: 'messages' | 'input';
}

const model = 'gpt-5.5';

export const chat: DialectCase = {
  name: 'openai-chat',
  path: '/v1/chat/completions',
  input: 'messages',
  body: (prompt, more) => ({ model, messages: [{ role: 'user', content: prompt }], ...more }),
};

export const responses: DialectCase = {
  name: 'openai-responses',
  path: '/v1/responses',
  input: 'input',
  body: (prompt, more) => ({ model, input: prompt, ...more }),
};

export const messages: DialectCase = {
  name: 'anthropic-messages',
  path: '/v1/messages',
  input: 'messages',
  body: (prompt, more) => ({
    model,
    max_tokens: 4_000,
    messages: [{ role: 'user', content: prompt }],
    ...more,
  }),
};

export const dialectCases: readonly DialectCase[] = [chat, responses, messages];

export interface Ask {
  readonly method?: string;
  /** Undefined: the key of a stack without keys; null: none. */
  readonly key?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object is sent as JSON, bytes and text as they are. */
  readonly body?: object | string | Buffer;
  readonly signal?: AbortSignal;
  /** Keeps connections for the next request; each has its own when absent. */
  readonly agent?: Agent;
}

export interface Answered {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** Sends a request as it is told, also what fetch would refuse to send; `end` ends the body. */
export function open(url: string, ask: Ask): ClientRequest {
  const { key = STACK_KEY, body } = ask;
  const bytes =
    body === undefined || typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  const sent = request(url, {
    method: ask.method ?? (body === undefined ? 'GET' : 'POST'),
    agent: ask.agent ?? false,
    headers: {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(key !== null && { authorization: `Bearer ${key}` }),
      ...ask.headers,
    },
    ...(ask.signal && { signal: ask.signal }),
  });
  if (bytes !== undefined) sent.setHeader('content-length', Buffer.byteLength(bytes));
  sent.flushHeaders();
  sent.end(bytes);
  return sent;
}

/** The head of the answer; its body has not been read. */
export async function head(sent: ClientRequest): Promise<IncomingMessage> {
  const [answer] = (await once(sent, 'response')) as [IncomingMessage]; // as documented
  return answer;
}

export async function send(url: string, ask: Ask = {}): Promise<Answered> {
  const answer = await head(open(url, ask));
  let text = '';
  for await (const chunk of answer.setEncoding('utf8')) text += String(chunk);
  return { status: answer.statusCode ?? 0, headers: answer.headers, text };
}

export function json({ text }: Pick<Answered, 'text'>): unknown {
  return JSON.parse(text);
}

/** The `data` of every event of an SSE text; what is not JSON stays text. */
export function events(text: string): readonly unknown[] {
  return text
    .split('\n\n')
    .flatMap((frame) => frame.split('\n').filter((line) => line.startsWith('data: ')))
    .map((line) => line.slice('data: '.length))
    .map((data): unknown => (data.startsWith('{') ? JSON.parse(data) : data));
}
