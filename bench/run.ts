import { quantile, runLoad, type Target, type Workload } from './load.ts';
import { startService, type Service } from './processes.ts';
import { API_KEY, MEASURED_CORE, pathOf, startStack } from './stack.ts';

/**
 * The gateway's cost beside a bare pipe, in one run: CPU time per request and per streamed event, added latency, peak
 * memory. The measured process has a core to itself; simulator and load share the other one. Prints one table.
 */

const MODEL = 'gpt-5.5';

/** Short answers: what a request costs beside its events. */
const SHORT_EVENTS = 4;
const short: Workload = {
  prompt: `[[sim: stream events=${SHORT_EVENTS} bytes=20]]`,
  streams: 1500,
  concurrency: 8,
};
/** Long answers, every event a network read of its own, as from a real model. */
const LONG_EVENTS = 400;
const long: Workload = {
  prompt: `[[sim: stream events=${LONG_EVENTS} bytes=20 rate=100]]`,
  streams: 60,
  concurrency: 30,
};
/** One at a time on a quiet gateway: latency. */
const single: Workload = {
  prompt: `[[sim: stream events=${SHORT_EVENTS} bytes=20]]`,
  streams: 400,
  concurrency: 1,
};
const ROUNDS = 3;

interface Cost {
  readonly target: string;
  readonly requestMicros: number;
  readonly eventMicros: number;
  readonly medianMs: number;
  readonly p99Ms: number;
  readonly peakMemory: number;
}

const stack = await startStack({ LOG_LEVEL: 'info' });
const { gateway } = stack;
const pipe = await startService(pathOf('bare-pipe.ts'), MEASURED_CORE, { TARGET: stack.codexUrl });

const text = (content: string): object[] => [{ role: 'user', content }];
const key = { authorization: `Bearer ${API_KEY}` };
const all: readonly (Target & { service: Service })[] = [
  {
    name: 'bare pipe',
    service: pipe,
    url: `${pipe.url}/`,
    headers: { authorization: `Bearer ${stack.accessToken}` },
    body: (prompt) => ({
      model: MODEL,
      instructions: '',
      input: message(prompt),
      store: false,
      stream: true,
    }),
  },
  {
    name: 'chat completions',
    service: gateway,
    url: `${gateway.url}/v1/chat/completions`,
    headers: key,
    body: (prompt) => ({ model: MODEL, stream: true, messages: text(prompt) }),
  },
  {
    name: 'responses',
    service: gateway,
    url: `${gateway.url}/v1/responses`,
    headers: key,
    body: (prompt) => ({ model: MODEL, stream: true, input: text(prompt) }),
  },
  {
    name: 'messages',
    service: gateway,
    url: `${gateway.url}/v1/messages`,
    headers: key,
    body: (prompt) => ({ model: MODEL, stream: true, max_tokens: 4096, messages: text(prompt) }),
  },
];

/** `pnpm bench chat` measures only what has this word in its name, beside the pipe. */
const words = process.argv.slice(2);
const targets = all.filter(
  ({ name, service }) => service === pipe || words.length === 0 || words.some((word) => name.includes(word)),
);

try {
  for (const target of targets) await runLoad(target, { ...short, streams: 400 }); // warm up: compiled code, open connections
  const rounds: Cost[] = [];
  for (let round = 0; round < ROUNDS; round++)
    for (const target of targets) rounds.push(await measure(target));
  print(targets.map(({ name }) => medianCost(rounds.filter(({ target }) => target === name))));
} finally {
  await Promise.all([pipe.stop(), stack.stop()]);
}
if (words.length === 0) await import('./count-tokens.ts'); // it has its own gateway, so it comes after the other is gone

async function measure(target: Target & { service: Service }): Promise<Cost> {
  const shortCpu = await cpuOf(target, short);
  const longCpu = await cpuOf(target, long);
  const eventMicros = (longCpu - shortCpu) / (LONG_EVENTS - SHORT_EVENTS);
  const times = (await runLoad(target, single)).map(({ whole }) => whole);
  return {
    target: target.name,
    eventMicros,
    requestMicros: shortCpu - eventMicros * SHORT_EVENTS,
    medianMs: quantile(times, 0.5),
    p99Ms: quantile(times, 0.99),
    peakMemory: target.service.peakMemory(),
  };
}

/** CPU microseconds a stream of this workload costs. */
async function cpuOf(target: Target & { service: Service }, workload: Workload): Promise<number> {
  const before = target.service.cpuSeconds();
  await runLoad(target, workload);
  return ((target.service.cpuSeconds() - before) * 1e6) / workload.streams;
}

function medianCost(costs: readonly Cost[]): Cost {
  const median = (pick: (cost: Cost) => number): number => quantile(costs.map(pick), 0.5);
  return {
    target: costs[0]?.target ?? '',
    requestMicros: median((cost) => cost.requestMicros),
    eventMicros: median((cost) => cost.eventMicros),
    medianMs: median((cost) => cost.medianMs),
    p99Ms: median((cost) => cost.p99Ms),
    peakMemory: median((cost) => cost.peakMemory),
  };
}

function print(costs: readonly Cost[]): void {
  const [base] = costs;
  if (!base) return;
  const rows = costs.map((cost) => ({
    target: cost.target,
    'CPU per request': `${cost.requestMicros.toFixed(0)} µs (${ratio(cost.requestMicros, base.requestMicros)})`,
    'CPU per event': `${cost.eventMicros.toFixed(1)} µs (${ratio(cost.eventMicros, base.eventMicros)})`,
    'added median': `${(cost.medianMs - base.medianMs).toFixed(2)} ms`,
    'added p99': `${(cost.p99Ms - base.p99Ms).toFixed(2)} ms`,
    'peak memory': `${cost.peakMemory.toFixed(0)} MiB`,
  }));
  console.log(
    `Node ${process.version}, ${ROUNDS} rounds, medians; ratios are to the bare pipe of the same run`,
  );
  console.table(rows);
}

function ratio(value: number, reference: number): string {
  return `${(value / reference).toFixed(2)}×`;
}

function message(prompt: string): object[] {
  return [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: prompt }] }];
}
