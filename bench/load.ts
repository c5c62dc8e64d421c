import { Agent, request } from 'undici';

/** How a streamed answer is asked for. */
export interface Target {
  readonly name: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: (prompt: string) => object;
}

export interface Workload {
  readonly prompt: string;
  readonly streams: number;
  /** Streams that run at the same time. */
  readonly concurrency: number;
}

/** One answer: its size, and milliseconds from the request to its last byte. */
export interface Timing {
  readonly bytes: number;
  readonly whole: number;
}

const dispatcher = new Agent({ connections: null, pipelining: 1 });

/** Reads all streams of a workload to their end. */
export async function runLoad(
  target: Target,
  { prompt, streams, concurrency }: Workload,
): Promise<readonly Timing[]> {
  const timings: Timing[] = [];
  let left = streams;
  const worker = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      timings.push(await readStream(target, prompt));
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  return timings;
}

async function readStream({ name, url, headers, body }: Target, prompt: string): Promise<Timing> {
  const begin = performance.now();
  const answer = await request(url, {
    method: 'POST',
    dispatcher,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body(prompt)),
  });
  if (answer.statusCode !== 200)
    throw new Error(`${name} answered ${answer.statusCode}: ${await answer.body.text()}`);
  let bytes = 0;
  for await (const chunk of answer.body) {
    bytes += chunk.length;
  }
  return { bytes, whole: performance.now() - begin };
}

export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
