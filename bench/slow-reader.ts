import { connect } from 'node:net';
import { runLoad } from './load.ts';
import { API_KEY, startStack } from './stack.ts';

/**
 * A client that reads 1 KB a second of a 50 MB answer: what the gateway has taken from the upstream by then, and how
 * much memory that has cost. Prints both; the suite's own test asserts that back-pressure reaches the upstream.
 */

const SECONDS = 30;
const READ_BYTES_PER_SECOND = 1024;
const DELTA_BYTES = 1024;
const DELTAS = 50 * 1024;
const MIB = 1024 * 1024;

const { gateway, stop } = await startStack();

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
  await stop();
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
