import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { createFold } from '../../src/codex/fold.ts';
import { openaiChat } from '../../src/dialects/openai-chat/dialect.ts';
import { bodyOf, cases } from './cases.ts';
import { openContext, stamp } from '../open-context.ts';

const fixtures = new URL('../../fixtures/openai-chat/', import.meta.url);

function golden(t: TestContext, text: string, file: string): void {
  t.assert.fileSnapshot(text, new URL(file, fixtures).pathname, { serializers: [(value: string) => value] });
}

for (const answer of cases) {
  test(`the answer "${answer.name}" is streamed as recorded`, (t) => {
    const encoder = openaiChat.open(bodyOf(answer, true), openContext()).encoder(stamp);
    const text = encoder.push(answer.events);
    assert.equal(encoder.ended(), true);
    golden(t, text, `streams/${answer.name}.sse`);
  });

  test(`the answer "${answer.name}" is told as JSON as recorded`, (t) => {
    const fold = createFold();
    fold.push(answer.events);
    const folded = fold.result();
    assert.equal(folded === null, answer.ends === 'error');
    if (folded === null) return;
    const reply = openaiChat.open(bodyOf(answer, false), openContext()).reply(folded, stamp);
    golden(t, `${JSON.stringify(reply, null, 2)}\n`, `replies/${answer.name}.json`);
  });
}
