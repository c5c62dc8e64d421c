import assert from 'node:assert/strict';
import { z } from 'zod';

const itemSchema = z.looseObject({
  type: z.string(),
  id: z.string().optional(),
  call_id: z.string().optional(),
  encrypted_content: z.string().optional(),
  output: z.unknown().optional(),
});
export type UpstreamItem = z.infer<typeof itemSchema>;
const bodySchema = z.looseObject({ model: z.string(), input: z.array(itemSchema) });
const journalSchema = z.object({
  requests: z.array(
    z.object({
      endpoint: z.string(),
      status: z.number().optional(),
      headers: z.record(z.string(), z.string()),
      body: z.unknown().optional(),
    }),
  ),
  violations: z.array(z.string()),
});

/** One request for an answer, as the backend got it. */
export interface UpstreamRequest {
  /** What the backend answered. */
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: z.infer<typeof bodySchema>;
  /** The same as JSON text, with the members in the order in which they came. */
  readonly sent: string;
}

/** The simulator's control endpoint: what it received, and what it does next. */
export interface SimulatorAccess {
  readonly origin: string;
  /** Every request for an answer since the last reset, in order, each with nothing in it that the backend may refuse. */
  readonly requests: () => Promise<readonly UpstreamRequest[]>;
  /** `turnsOf` all requests, where they are of one conversation. */
  readonly turns: () => Promise<readonly (readonly UpstreamItem[])[]>;
  /** The only one of the turns, where there were two requests. */
  readonly secondTurn: () => Promise<readonly UpstreamItem[]>;
  /** Forgets what it received; its logins stay valid. */
  readonly reset: () => Promise<void>;
  /** Gives the next answer this directive, whatever its prompt says. */
  readonly nextResponse: (directive: string) => Promise<void>;
}

/** @param origin of the simulator */
export function createSimulatorAccess(origin: string): SimulatorAccess {
  async function control(method: 'GET' | 'POST', path: string, body?: object): Promise<Response> {
    const response = await fetch(`${origin}/control/${path}`, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`simulator: ${path} answered ${response.status}`);
    return response;
  }
  async function requests(): Promise<readonly UpstreamRequest[]> {
    const journal = journalSchema.parse(await (await control('GET', 'journal')).json());
    assert.deepEqual(journal.violations, []);
    const asked = journal.requests
      .filter(({ endpoint }) => endpoint === 'responses')
      .map(({ status, headers, body }) => ({
        status,
        headers,
        body: bodySchema.parse(body),
        sent: JSON.stringify(body),
      }));
    asked.forEach(assertLegal);
    return asked;
  }
  const turns = async () => turnsOf(await requests());
  return {
    origin,
    requests,
    turns,
    secondTurn: async () => {
      const [turn, ...more] = await turns();
      assert.ok(turn);
      assert.deepEqual(more, []);
      return turn;
    },
    reset: async () => void (await control('POST', 'reset')),
    nextResponse: async (directive) =>
      void (await control('POST', 'responses', { directives: [directive], times: 1 })),
  };
}

/**
 * What each request after the first had on top of the input of the one before it. The backend took all of them, and all
 * else in them was the same: it caches prompts by their beginning.
 */
export function turnsOf([first, ...later]: readonly UpstreamRequest[]): readonly (readonly UpstreamItem[])[] {
  assert.equal(first?.status, 200);
  let before = first.body;
  return later.map(({ status, body }) => {
    assert.equal(status, 200);
    const { length } = before.input;
    assert.deepEqual({ ...body, input: body.input.slice(0, length) }, before);
    before = body;
    return body.input.slice(length);
  });
}

/** All that a body may hold at its top: the backend refuses other members one by one. */
const LEGAL_MEMBERS: ReadonlySet<string> = new Set([
  'model',
  'instructions',
  'input',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'reasoning',
  'text',
  'include',
  'prompt_cache_key',
  'service_tier',
  'store',
  'stream',
]);
const LONGEST_ID = 64;

/** The simulator refuses the same; a refusal could be retried or hidden, though. */
function assertLegal({ headers, body }: UpstreamRequest): void {
  assert.equal(headers['originator'], 'codex_gateway');
  assert.deepEqual(
    Object.keys(body).filter((member) => !LEGAL_MEMBERS.has(member)),
    [],
  );
  const ids = body.input.flatMap(({ id, call_id }) => [id ?? '', call_id ?? '']);
  assert.deepEqual(
    ids.filter((id) => id.length > LONGEST_ID),
    [],
  );
}
