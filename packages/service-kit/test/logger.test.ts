import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLogger } from '../src/logger.ts';

test('a JSON line carries level, time, name, the fields and the message, and nothing of the machine', () => {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  const logger = createLogger({ name: 'unit', level: 'info', format: 'json', destination });
  logger.debug('not at this level');
  logger.info({ requests: 2 }, 'draining');
  const [line, ...others] = lines.map((text): unknown => JSON.parse(text));
  assert.deepEqual(others, []);
  assert.ok(typeof line === 'object' && line !== null && 'time' in line && typeof line.time === 'string');
  assert.equal(new Date(line.time).toISOString(), line.time);
  assert.deepEqual(line, { level: 'info', time: line.time, name: 'unit', requests: 2, msg: 'draining' });
});

test('silent says nothing', () => {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  createLogger({ name: 'unit', level: 'silent', format: 'json', destination }).fatal('end');
  assert.deepEqual(lines, []);
});
