import { test, type TestContext } from 'node:test';
import type { CodexEvent } from '../../src/codex/events.ts';
import {
  begin,
  completed,
  functionCall,
  interleaved,
  message,
  reasoning,
  refusalMessage,
  upstream,
} from '../upstream-events.ts';
import { dialectCases, open, replied, streamed, type Wish } from './dialect-cases.ts';

interface GoldenCase {
  readonly name: string;
  readonly wish: Wish;
  readonly events: readonly CodexEvent[];
}

const thought = reasoning({ at: 0, summary: [['Let me ', 'count.']] });
const numbers = message({ at: 1, deltas: ['1\n2', '\n3\nS', 'T', 'OP', '\n4\n', '5'] });
const comment = message({ at: 0, deltas: ['Counting STOP.'], phase: 'commentary' });
const call = functionCall({ at: 1, callId: 'call_1', name: 'count', deltas: ['{"to', '":5}'] });

const cases: readonly GoldenCase[] = [
  {
    name: 'emulated-stop',
    wish: { stop: ['STOP', 'STOPPED'] },
    events: upstream(begin(), thought, numbers, completed()),
  },
  {
    name: 'emulated-stop-in-a-text-without-deltas',
    wish: { stop: ['STOP'] },
    events: upstream(begin(), thought, numbers.slice(-1), completed()),
  },
  {
    name: 'emulated-stop-beside-a-call',
    wish: { stop: ['STOP'] },
    events: upstream(
      begin(),
      interleaved(message({ at: 0, deltas: ['One ', 'STOP', ' two'] }), call),
      completed(),
    ),
  },
  {
    name: 'emulated-stop-that-never-comes',
    wish: { stop: ['STOP'] },
    events: upstream(begin(), message({ at: 0, deltas: ['One S', 'TO'] }), completed()),
  },
  {
    name: 'emulated-limit',
    wish: { limit: 3 },
    events: upstream(begin(), thought, numbers, completed()),
  },
  {
    name: 'emulated-limit-in-the-second-text',
    wish: { limit: 7 },
    events: upstream(begin(), comment, message({ at: 1, deltas: ['One, ', 'two, three.'] }), completed()),
  },
  {
    name: 'emulated-limit-in-a-refusal',
    wish: { limit: 4 },
    events: upstream(
      begin(),
      refusalMessage({ at: 0, deltas: ['I will not ', 'count to a million.'] }),
      completed(),
    ),
  },
  {
    name: 'emulated-stop-in-json',
    wish: { stop: ['STOP'], json: true },
    events: upstream(begin(), comment, message({ at: 1, deltas: ['{"a":1}', 'STOP'] }), completed()),
  },
];

for (const dialect of dialectCases) {
  const folder = new URL(`../../fixtures/${dialect.dialect.name}/`, import.meta.url);
  const golden = (t: TestContext, text: string, file: string): void =>
    t.assert.fileSnapshot(text, new URL(file, folder).pathname, { serializers: [(value: string) => value] });

  for (const { name, wish, events } of cases) {
    if (wish.stop !== undefined && !dialect.takesStop) continue;
    test(`${dialect.dialect.name}: "${name}" is streamed and told as recorded`, (t) => {
      golden(t, streamed(open(dialect, wish), [events]), `streams/${name}.sse`);
      golden(t, `${JSON.stringify(replied(open(dialect, wish), events), null, 2)}\n`, `replies/${name}.json`);
    });
  }
}
