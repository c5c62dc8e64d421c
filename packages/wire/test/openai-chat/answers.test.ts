import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { cases } from './cases.ts';
import { replyOf, streamOf } from './told.ts';

const fixtures = new URL('../../fixtures/openai-chat/', import.meta.url);

function golden(t: TestContext, text: string, file: string): void {
  t.assert.fileSnapshot(text, new URL(file, fixtures).pathname, { serializers: [(value: string) => value] });
}

for (const answer of cases) {
  test(`the answer "${answer.name}" is streamed as recorded`, (t) => {
    golden(t, streamOf(answer), `streams/${answer.name}.sse`);
  });

  test(`the answer "${answer.name}" is told as JSON as recorded`, (t) => {
    const reply = replyOf(answer);
    assert.equal(reply !== null, answer.ends === 'whole');
    if (reply !== null) golden(t, `${JSON.stringify(reply, null, 2)}\n`, `replies/${answer.name}.json`);
  });
}
