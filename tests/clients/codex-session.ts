import assert from 'node:assert/strict';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import type { Codex } from './codex.ts';

/** A session of the Codex CLI that one process keeps, as it does for editors: they speak JSON-RPC with it, line by line. */
export interface CodexSession {
  /** One turn, tools and all; answers the model's last words in it. */
  readonly say: (text: string) => Promise<string>;
  /** What `/compact` does. */
  readonly compact: () => Promise<void>;
}

const threadSchema = z.object({ thread: z.object({ id: z.string() }) });
const turnCompleted = z.object({
  method: z.literal('turn/completed'),
  params: z.object({
    turn: z.object({
      status: z.string(),
      items: z.array(z.object({ type: z.string(), text: z.string().optional() })),
    }),
  }),
});

/** Starts the CLI's app server and a session in it; both end with the test. */
export async function startSession(codex: Codex): Promise<CodexSession> {
  const { stdin, stdout } = codex.serve();
  const lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
  let lastId = 0;

  async function next<Schema extends z.ZodType>(schema: Schema): Promise<z.infer<Schema>> {
    for (;;) {
      const line = await lines.next();
      assert.ok(line.done !== true, 'the app server ended');
      const message = schema.safeParse(JSON.parse(line.value));
      if (message.success) return message.data;
    }
  }
  function send(message: object): void {
    stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  }
  async function call(method: string, params: object): Promise<unknown> {
    lastId += 1;
    send({ id: lastId, method, params });
    const id = z.literal(lastId);
    const answer = z.object({ id, result: z.unknown().optional(), error: z.unknown().optional() });
    const { result, error } = await next(answer);
    assert.equal(error, undefined);
    return result;
  }
  async function turn(method: string, params: object): Promise<string> {
    await call(method, params);
    const { status, items } = (await next(turnCompleted)).params.turn;
    assert.equal(status, 'completed');
    return items.findLast(({ type }) => type === 'agentMessage')?.text ?? '';
  }

  await call('initialize', { clientInfo: { name: 'codex-gateway-tests', version: '0' } });
  send({ method: 'initialized' });
  const unattended = { approvalPolicy: 'never', sandbox: 'danger-full-access' };
  const { thread } = threadSchema.parse(await call('thread/start', unattended));
  return {
    say: (text) => turn('turn/start', { threadId: thread.id, input: [{ type: 'text', text }] }),
    compact: async () => void (await turn('thread/compact/start', { threadId: thread.id })),
  };
}
