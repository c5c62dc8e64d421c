import { Agent, request } from 'undici';
import { bodyOf, shapes, type Shape } from './hostile-shapes.ts';
import { API_KEY, startStack } from './stack.ts';

/**
 * What the worst bodies cost everybody else: for each shape the longest wait for a health check meanwhile, which is
 * how long the gateway's event loop stood still, then the memory over thousands of small ones. Prints two tables.
 *
 * node bench/hostile-bodies.ts [bytes of a body] [word in the names of the shapes]
 */

const [, , size = '1000000', word = ''] = process.argv;
const BODY_BYTES = Number(size);
const ROUNDS = 5;
const ALLOWED_STALL_MS = 100;
const SMALL_BYTES = 10_000;
const SMALL_BODIES = 12_000;
const PARTS = 6;
const AT_ONCE = 8;

const { gateway, stop } = await startStack({
  CONVERSATION_TTL_SECONDS: '0', // what is kept on purpose is not to be measured
});
const patient = { headersTimeout: 0, bodyTimeout: 0 };
const dispatcher = new Agent({ connections: AT_ONCE, ...patient });
const other = new Agent({ connections: 1, ...patient });
const chosen = shapes.filter(({ name }) => name.includes(word));

try {
  await measureStalls();
  if (word === '') await measureMemory();
} finally {
  await stop();
}

async function measureStalls(): Promise<void> {
  const rows = [];
  for (const shape of chosen) {
    const body = bodyOf(shape, BODY_BYTES);
    const rounds = [];
    for (let round = 0; round < ROUNDS; round++) rounds.push(await stall(shape, body));
    const [least] = rounds.toSorted((left, right) => left.ms - right.ms);
    if (least) rows.push({ shape: shape.name, ...least });
  }
  rows.sort((left, right) => right.ms - left.ms);
  console.log(`longest wait of others, the least of ${ROUNDS}, while a body of ${BODY_BYTES} bytes comes`);
  for (const { shape, status, ms } of rows)
    console.log(`${ms.toFixed(0).padStart(7)} ms  ${status}  ${shape}${ms > ALLOWED_STALL_MS ? '  !' : ''}`);
}

/** The longest that anybody else has waited for an answer meanwhile. */
async function stall(shape: Shape, body: string): Promise<{ status: number; ms: number }> {
  let ms = 0;
  const meanwhile = new AbortController();
  const asking = async (): Promise<void> => {
    while (!meanwhile.signal.aborted) {
      const begin = performance.now();
      await (await request(`${gateway.url}/healthz`, { dispatcher: other })).body.dump();
      ms = Math.max(ms, performance.now() - begin);
    }
  };
  const asked = asking();
  const status = await post(shape, body);
  meanwhile.abort();
  await asked;
  return { status, ms };
}

async function measureMemory(): Promise<void> {
  console.log(
    `\nmemory while ${SMALL_BODIES} bodies of about ${SMALL_BYTES} bytes come, ${AT_ONCE} at a time`,
  );
  const bodies = chosen.map((shape) => ({ shape, body: bodyOf(shape, SMALL_BYTES) }));
  let sent = 0;
  for (let part = 1; part <= PARTS; part++) {
    const end = (SMALL_BODIES / PARTS) * part;
    const sender = async (): Promise<void> => {
      while (sent < end) {
        const next = bodies[sent++ % bodies.length];
        if (next) await post(next.shape, next.body);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, sender));
    console.log(`${String(sent).padStart(7)}  ${gateway.memory().toFixed(0)} MiB`);
  }
}

async function post(shape: Shape, body: string): Promise<number> {
  const answer = await request(gateway.url + shape.path, {
    method: 'POST',
    dispatcher,
    headers: { 'content-type': 'application/json', authorization: `Bearer ${API_KEY}` },
    body,
  });
  await answer.body.dump({ limit: Number.MAX_SAFE_INTEGER });
  return answer.statusCode;
}
