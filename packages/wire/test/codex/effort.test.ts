import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clampEffort } from '../../src/codex/effort.ts';

const upToXhigh = ['none', 'low', 'medium', 'high', 'xhigh'];
const withoutNone = ['low', 'medium', 'high'];

const rows: readonly (readonly [wish: string, supported: readonly string[] | null, sent: string])[] = [
  ['high', upToXhigh, 'high'],
  ['none', upToXhigh, 'none'],
  ['minimal', upToXhigh, 'low'],
  ['max', upToXhigh, 'xhigh'],
  ['xhigh', withoutNone, 'high'],
  ['max', withoutNone, 'high'],
  ['none', withoutNone, 'low'],
  ['minimal', withoutNone, 'low'],
  ['medium', ['low', 'high'], 'low'],
  ['low', ['medium', 'high'], 'medium'],
  ['low', ['none'], 'low'],
  ['minimal', null, 'low'],
  ['minimal', [], 'low'],
  ['minimal', ['minimal', 'low'], 'minimal'],
  ['ultra', null, 'max'],
  ['ultra', upToXhigh, 'xhigh'],
  ['persistent', upToXhigh, 'persistent'],
  ['max', [...upToXhigh, 'max'], 'max'],
];

for (const [wish, supported, sent] of rows) {
  test(`${wish} becomes ${sent} when the model takes ${supported?.join(', ') ?? 'nobody knows what'}`, () => {
    assert.equal(clampEffort(wish, supported), sent);
  });
}
