import type { TestContext } from 'node:test';
import type { Clock } from '@codex-gateway/service-kit/clock.ts';
import { createSimulator, type Simulator, type SimulatorOptions } from '../src/app.ts';
import type { AuthFile } from '../src/control/auth-file.ts';
import { asObject, type JsonObject, parseJson } from '../src/json.ts';

export const CLIENT_ID = 'app_EMoamEEZ73f0CkXaXp7hrann';

/** The least body that the backend takes; tests change what they are about. */
export const PLAIN_BODY: JsonObject = {
  model: 'gpt-5.5',
  instructions: '',
  input: [{ role: 'user', content: [{ type: 'input_text', text: 'Say exactly: ready' }] }],
  stream: true,
  store: false,
  include: ['reasoning.encrypted_content'],
};

export interface SseEvent {
  readonly event: string;
  readonly data: JsonObject;
}

export interface Rig {
  readonly simulator: Simulator;
  readonly login: AuthFile;
  /** POSTs the plain body with changes; a member that is undefined is left out. */
  readonly post: (changes?: JsonObject, headers?: Record<string, string>) => Promise<Response>;
  /** The events of an answer to this prompt. */
  readonly ask: (prompt: string, changes?: JsonObject) => Promise<readonly SseEvent[]>;
  readonly get: (path: string, headers?: Record<string, string>) => Promise<Response>;
  readonly refresh: (token: string) => Promise<Response>;
}

/** A simulator with one login, closed after the test. */
export async function startRig(t: TestContext, options: SimulatorOptions = {}): Promise<Rig> {
  const simulator = await createSimulator({ ...options, onError: (error) => t.diagnostic(String(error)) });
  t.after(() => simulator.close());
  const login = simulator.control.login();
  const authorization = `Bearer ${login.tokens.access_token}`;

  const post: Rig['post'] = (changes = {}, headers = {}) =>
    fetch(`${simulator.backendUrl}/responses`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ ...PLAIN_BODY, ...changes }),
    });

  return {
    simulator,
    login,
    post,
    ask: async (prompt, changes = {}) =>
      readSse(await (await post({ input: [user(prompt)], ...changes })).text()),
    get: (path, headers = {}) =>
      fetch(`${simulator.issuerUrl}${path}`, { headers: { authorization, ...headers } }),
    refresh: (token) => refreshWith(simulator, token),
  };
}

export function refreshWith(simulator: Simulator, token: string): Promise<Response> {
  return fetch(`${simulator.issuerUrl}/oauth/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ client_id: CLIENT_ID, grant_type: 'refresh_token', refresh_token: token }),
  });
}

export function user(text: string): JsonObject {
  return { type: 'message', role: 'user', content: [{ type: 'input_text', text }] };
}

/** Reads a whole SSE body; comments are passed over, anything else that is not an event throws. */
export function readSse(text: string): readonly SseEvent[] {
  return text
    .split('\n\n')
    .filter((block) => block !== '' && !block.startsWith(':'))
    .map((block) => {
      const [, event = '', data = ''] = /^event: (\S+)\ndata: ([^\n]*)$/.exec(block) ?? [];
      if (event === '') throw new Error(`not an SSE event: ${block.slice(0, 80)}`);
      return { event, data: asObject(parseJson(data)) };
    });
}

/** The type of each event, a run of the same type once. */
export function outline(events: readonly SseEvent[]): readonly string[] {
  return events
    .map(({ event }) => event.replace(/^response\./, ''))
    .filter((type, index, all) => type !== all[index - 1]);
}

/** The finished items, which only `response.output_item.done` carries. */
export function itemsOf(events: readonly SseEvent[]): readonly JsonObject[] {
  return events
    .filter(({ event }) => event === 'response.output_item.done')
    .map(({ data }) => asObject(data['item']));
}

/** What the model said or called, without its reasoning. */
export function spokenBy(events: readonly SseEvent[]): readonly unknown[] {
  return itemsOf(events)
    .filter((item) => item['type'] !== 'reasoning')
    .map((item) => {
      if (item['type'] === 'message') {
        const [part] = Array.isArray(item['content']) ? item['content'] : [];
        return asObject(part)['text'] ?? asObject(part)['refusal'];
      }
      return [item['name'], item['arguments'] ?? item['input']];
    });
}

export interface ManualClock extends Clock {
  readonly advance: (ms: number) => void;
  /** Resolves when someone waits for the clock. */
  readonly someoneWaits: () => Promise<void>;
}

/** A clock that stands still until it is moved. */
export function createManualClock(startMs = Date.UTC(2026, 0, 1)): ManualClock {
  let now = startMs;
  const timers = new Map<() => void, number>();
  let announce: (() => void) | undefined;
  return {
    now: () => now,
    after: (delayMs, callback) => {
      timers.set(callback, now + delayMs);
      announce?.();
      return () => void timers.delete(callback);
    },
    advance: (ms) => {
      now += ms;
      for (const [callback, due] of timers) {
        if (due > now) continue;
        timers.delete(callback);
        callback();
      }
    },
    someoneWaits: () =>
      timers.size > 0
        ? Promise.resolve()
        : new Promise((resolve) => {
            announce = resolve;
          }),
  };
}
