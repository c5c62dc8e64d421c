import { createHash } from 'node:crypto';
import type { TestContext } from 'node:test';
import { createSimulator, type Simulator, type SimulatorOptions } from '../src/app.ts';
import { asObject, asObjects, type JsonObject, parseJson } from '../src/json.ts';
import { readSse, type SseEvent } from './rig.ts';

export const API_MODEL = 'gpt-5.5';
export const AUTHORIZATION = 'Bearer sk-simulated';

export interface ApiRig {
  readonly simulator: Simulator;
  /** POSTs below the base path; the model is there unless the body has one or says `undefined`. */
  readonly post: (path: string, body: JsonObject, headers?: Record<string, string>) => Promise<Response>;
  readonly get: (path: string, headers?: Record<string, string>) => Promise<Response>;
  /** The body of an answer as JSON. */
  readonly respond: (body: JsonObject) => Promise<JsonObject>;
  readonly complete: (body: JsonObject) => Promise<JsonObject>;
  readonly respondEvents: (body: JsonObject) => Promise<readonly SseEvent[]>;
  readonly completeChunks: (body: JsonObject) => Promise<readonly JsonObject[]>;
}

/** A simulator whose OpenAI API is asked with the accepted key, closed after the test. */
export async function startApi(t: TestContext, options: SimulatorOptions = {}): Promise<ApiRig> {
  const simulator = await createSimulator({ ...options, onError: (error) => t.diagnostic(String(error)) });
  t.after(() => simulator.close());
  const post: ApiRig['post'] = (path, body, headers = {}) =>
    fetch(`${simulator.openaiUrl}${path}`, {
      method: 'POST',
      headers: { authorization: AUTHORIZATION, 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ model: API_MODEL, ...body }),
    });
  const json = async (path: string, body: JsonObject): Promise<JsonObject> =>
    asObject(await (await post(path, body)).json());
  const text = async (path: string, body: JsonObject): Promise<string> =>
    (await post(path, { ...body, stream: true })).text();
  return {
    simulator,
    post,
    get: (path, headers = {}) =>
      fetch(`${simulator.openaiUrl}${path}`, { headers: { authorization: AUTHORIZATION, ...headers } }),
    respond: (body) => json('/responses', body),
    complete: (body) => json('/chat/completions', body),
    respondEvents: async (body) => readSse(await text('/responses', body)),
    completeChunks: async (body) => readChunks(await text('/chat/completions', body)),
  };
}

/** The chunks of a chat stream, which must end with the sentinel. */
export function readChunks(text: string): readonly JsonObject[] {
  const data = text
    .split('\n\n')
    .filter((block) => block !== '')
    .map((block) => {
      if (!block.startsWith('data: ')) throw new Error(`not a chunk: ${block.slice(0, 80)}`);
      return block.slice('data: '.length);
    });
  if (data.pop() !== '[DONE]') throw new Error('the stream has no sentinel');
  return data.map((chunk) => asObject(parseJson(chunk)));
}

/** A question as chat messages. */
export function say(content: unknown): JsonObject {
  return { messages: [{ role: 'user', content }] };
}

export function firstChoice(completion: JsonObject): JsonObject {
  return asObject(asObjects(completion['choices'])[0]);
}

export function firstMessage(completion: JsonObject): JsonObject {
  return asObject(firstChoice(completion)['message']);
}

export function sha256(value: string | Buffer): string {
  return createHash('sha256').update(value).digest('hex');
}

export const WEATHER = {
  name: 'get_weather',
  parameters: {
    type: 'object',
    properties: { location: { type: 'string' } },
    required: ['location'],
    additionalProperties: false,
  },
};
export const SCRIPT = { name: 'run_script' };
