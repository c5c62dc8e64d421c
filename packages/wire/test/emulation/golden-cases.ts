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
import type { Wish } from './dialect-cases.ts';

interface GoldenCase {
  readonly name: string;
  readonly wish: Wish;
  readonly events: readonly CodexEvent[];
}

const thought = reasoning({ at: 0, summary: [['Let me ', 'count.']] });
const numbers = message({ at: 1, deltas: ['1\n2', '\n3\nS', 'T', 'OP', '\n4\n', '5'] });
const comment = message({ at: 0, deltas: ['Counting STOP.'], phase: 'commentary' });
const call = functionCall({ at: 1, callId: 'call_1', name: 'count', deltas: ['{"to', '":5}'] });

/** Answers that are ended here, told in every dialect. */
export const emulationCases: readonly GoldenCase[] = [
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
  {
    name: 'emulated-call-written-as-text',
    wish: { tool: 'read' },
    events: upstream(
      begin(),
      message({ at: 0, deltas: ['I look. <tool', '_use>{"name":"read","input":{"path":"a"}}</tool_use>'] }),
      completed(),
    ),
  },
  {
    name: 'emulated-call-of-no-tool',
    wish: { tool: 'read' },
    events: upstream(
      begin(),
      message({ at: 0, deltas: ['<tool_use>', '{"name":"write"}</tool_use>'] }),
      completed(),
    ),
  },
];
