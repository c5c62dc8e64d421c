import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refusalOfEvent } from '../../src/codex/refusal.ts';
import { begin, completed, incomplete, message, noise, upstream } from '../upstream-events.ts';

test('an event that is neither an error nor a failed response is no refusal', () => {
  const events = upstream(
    begin(),
    noise(),
    message({ at: 0, deltas: ['Hi'] }),
    completed(),
    incomplete('content_filter'),
  );
  assert.deepEqual(events.map(refusalOfEvent).filter(Boolean), []);
});
