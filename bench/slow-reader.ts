import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { runLoad } from './load.ts';
import { newLogin, startBroker } from './login.ts';
import { startService } from './processes.ts';

/**
 * A client that reads 1 KB a second of a 50 MB answer: what the gateway has taken from the upstream by then, and how
 * much memory that has cost. Prints both; the suite's own test asserts that back-pressure reaches the upstream.
 */

const SECONDS = 30;
const READ_BYTES_PER_SECOND = 1024;
const DELTA_BYTES = 1024;
const DELTAS = 50 * 1024;
const API_KEY = 'sk-bench';
const MIB = 1024 * 1024;

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

const simulator = await startService(path('../services/simulator/src/main.ts'), 1, { LOG_LEVEL: 'error' });
const broker = await startBroker(await newLogin(simulator.url));
const gateway = await startService(path('../services/gateway/src/main.ts'), 0, {
  OPS_PORT: '0',
  API_KEY,
  BROKER_URL: broker.url,
  CODEX_BASE_URL: `${simulator.url}/backend-api/codex`,
  LOG_LEVEL: 'error',
});

const request = (prompt: string): object => ({
  model: 'gpt-5.5',
  stream: true,
  messages: [{ role: 'user', content: prompt }],
});

try {
  // what any first requests cost once: compiled code, a heap of working size
  const headers = { authorization: `Bearer ${API_KEY}` };
  const target = {
    name: 'chat completions',
    url: `${gateway.url}/v1/chat/completions`,
    headers,
    body: request,
  };
  await runLoad(target, {
    prompt: `[[sim: stream events=2000 bytes=${DELTA_BYTES}]]`,
    streams: 60,
    concurrency: 8,
  });
  const prompt = `[[sim: stream events=${DELTAS} bytes=${DELTA_BYTES}]]`;
  await readSlowly(
    JSON.stringify({ model: 'gpt-5.5', stream: true, messages: [{ role: 'user', content: prompt }] }),
  );
} finally {
  await Promise.all([simulator.stop(), gateway.stop()]);
  broker.close();
}

async function readSlowly(body: string): Promise<void> {
  const [memoryBefore, bytesBefore] = [gateway.memory(), gateway.bytesRead()];
  const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1');
  socket.pause();
  socket.write(
    `POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${API_KEY}\r\n` +
      `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
  let read = 0;
  for (let second = 1; second <= SECONDS; second++) {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const chunk: Buffer | null = socket.read(READ_BYTES_PER_SECOND) ?? socket.read();
    read += chunk?.length ?? 0;
  }
  const grown = gateway.memory() - memoryBefore;
  const taken = (gateway.bytesRead() - bytesBefore) / MIB;
  console.log(
    `client read ${read} bytes in ${SECONDS} s of an answer of ${(DELTAS * DELTA_BYTES) / MIB} MiB`,
  );
  console.log(`gateway read ${taken.toFixed(1)} MiB from its sockets and grew by ${grown.toFixed(1)} MiB`);
  socket.destroy();
}
