import { request } from 'undici';
import { quantile } from './load.ts';
import { API_KEY, startStack } from './stack.ts';

/**
 * What counting tokens costs those whose answers are streaming: 50 streams, alone and then beside counts. Prints how long
 * a count takes and how much longer the longest gap between two reads of a stream becomes. The gateway has one core, so
 * that the thread that counts and the one that streams share it: the worst case.
 */

const STREAMS = 50;
const EVENTS_A_SECOND = 20;
const SECONDS = 60;
const WINDOW_MS = 2_000;
const BETWEEN_COUNTS_MS = 100;
const ROUNDS = 5;

const { gateway, stop } = await startStack();

/** Milliseconds between two reads of one stream, of all streams, since it was last emptied. */
let gaps: number[] = [];

interface Gaps {
  /** 99 of 100 are no longer. */
  readonly most: number;
  readonly longest: number;
}

const word = ['a'.repeat(200_000)];
const sections = Array.from({ length: 24 }, (_, at) => `section ${at} `.repeat(200));

try {
  const client = new AbortController();
  const streams = Array.from({ length: STREAMS }, () => readStream(client.signal));
  await pause(2 * WINDOW_MS); // compiled code, open connections
  const nothing = await windowsOf(async () => {});
  const memory = gateway.memory();
  const [firstTime] = await timesOf(['the thread begins']);
  const first = gapsOf(gaps);
  const grown = gateway.memory() - memory;
  const times: number[] = [];
  const ofWord = await windowsOf(async () => times.push(...(await timesOf(word))));
  const ofSections = await windowsOf(() => timesOf(sections));
  client.abort();
  await Promise.all(streams);
  const row = ({ most, longest }: Gaps): object => ({
    '99 of 100 gaps': ms(most),
    growth: ms(most - nothing.most),
    'longest gap': ms(longest),
    'its growth': ms(longest - nothing.longest),
  });
  console.log(`${STREAMS} streams of ${EVENTS_A_SECOND} events a second, beside them ten counts a second`);
  console.table({
    'no counts': row(nothing),
    'the first count': row(first),
    '200 KB of one word': row(ofWord),
    '24 sections at once': row(ofSections),
  });
  console.log(`a count of 200 KB takes ${ms(quantile(times, 0.5))}`);
  console.log(`the first count took ${ms(firstTime ?? 0)} and ${grown.toFixed(0)} MiB`);
} finally {
  await stop();
}

function ms(value: number): string {
  return `${value.toFixed(1)} ms`;
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

function gapsOf(all: readonly number[]): Gaps {
  return { most: quantile(all, 0.99), longest: quantile(all, 1) };
}

/** The gaps while this is done over and over, the medians of some windows. */
async function windowsOf(work: () => Promise<unknown>): Promise<Gaps> {
  const windows: Gaps[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    gaps = [];
    const end = performance.now() + WINDOW_MS;
    while (performance.now() < end) {
      await work();
      await pause(BETWEEN_COUNTS_MS);
    }
    windows.push(gapsOf(gaps));
  }
  gaps = [];
  const median = (pick: (window: Gaps) => number): number => quantile(windows.map(pick), 0.5);
  return { most: median(({ most }) => most), longest: median(({ longest }) => longest) };
}

async function readStream(signal: AbortSignal): Promise<void> {
  const events = EVENTS_A_SECOND * SECONDS;
  const content = `[[sim: stream events=${events} bytes=20 rate=${EVENTS_A_SECOND}]]`;
  const { body } = await post('/v1/messages', { stream: true, max_tokens: 1_000_000, ...saying(content) });
  signal.addEventListener('abort', () => body.destroy());
  let last = performance.now();
  body.on('error', () => {}); // it is left at the end
  body.on('data', () => {
    const now = performance.now();
    gaps.push(now - last);
    last = now;
  });
  await new Promise((resolve) => body.once('close', resolve));
}

/** Milliseconds that each of these counts takes, all asked for at once. */
function timesOf(texts: readonly string[]): Promise<readonly number[]> {
  return Promise.all(
    texts.map(async (text) => {
      const begin = performance.now();
      const { statusCode, body } = await post('/v1/messages/count_tokens', saying(text));
      const answer = await body.text();
      if (statusCode !== 200) throw new Error(`a count was answered with ${statusCode}: ${answer}`);
      return performance.now() - begin;
    }),
  );
}

function saying(content: string): object {
  return { model: 'gpt-5.5', messages: [{ role: 'user', content }] };
}

function post(at: string, body: object) {
  const headers = { 'content-type': 'application/json', 'x-api-key': API_KEY };
  return request(gateway.url + at, { method: 'POST', headers, body: JSON.stringify(body) });
}
