import assert from 'node:assert/strict';
import { test } from 'node:test';
import { prefixedLines } from '../start/prefixed-lines.mjs';

function collect(chunks: readonly Buffer[]): string {
  let text = '';
  const lines = prefixedLines('auth | ', (more) => (text += more));
  for (const chunk of chunks) lines.push(chunk);
  lines.end();
  return text;
}

test('every line gets the prefix, the last one also without a line break', () => {
  assert.equal(collect([Buffer.from('one\ntwo\nthree')]), 'auth | one\nauth | two\nauth | three\n');
});

test('a line or a character that is cut at any byte comes out whole', () => {
  const bytes = Buffer.from('größer\nkürzer\n');
  for (let cut = 0; cut <= bytes.length; cut += 1) {
    const text = collect([bytes.subarray(0, cut), bytes.subarray(cut)]);
    assert.equal(text, 'auth | größer\nauth | kürzer\n', `cut at byte ${cut}`);
  }
});
