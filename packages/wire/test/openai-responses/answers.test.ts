import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { isTerminal } from '../../src/codex/events.ts';
import { createFold } from '../../src/codex/fold.ts';
import { openaiResponses } from '../../src/dialects/openai-responses/dialect.ts';
import { openContext, stamp } from '../open-context.ts';
import { bodyOf, cases } from './cases.ts';

/** What the gateway says of an upstream that ends without an ending. */
const cutOff = { kind: 'upstream_error', message: 'The upstream broke off its answer.' } as const;

const fixtures = new URL('../../fixtures/openai-responses/', import.meta.url);

function golden(t: TestContext, text: string, file: string): void {
  t.assert.fileSnapshot(text, new URL(file, fixtures).pathname, { serializers: [(value: string) => value] });
}

for (const answer of cases) {
  test(`the answer "${answer.name}" cut at any event is no JSON answer`, () => {
    for (let length = 0; length < answer.events.length; length += 1) {
      const told = answer.events.slice(0, length);
      if (told.some(isTerminal)) break;
      const fold = createFold();
      fold.push(told);
      assert.equal(fold.result(), null);
    }
  });

  test(`the answer "${answer.name}" is streamed as recorded`, (t) => {
    const encoder = openaiResponses.open(bodyOf(answer, true), openContext()).encoder(stamp);
    const told = encoder.push(answer.events);
    assert.equal(encoder.ended(), answer.ends !== 'cut off');
    const text = told + encoder.fail(cutOff);
    golden(t, text, `streams/${answer.name}.sse`);
  });

  test(`the answer "${answer.name}" is told as JSON as recorded`, (t) => {
    const fold = createFold();
    fold.push(answer.events);
    const folded = fold.result();
    assert.equal(folded !== null, answer.ends === 'completed' || answer.ends === 'incomplete');
    if (folded === null) return;
    const reply = openaiResponses.open(bodyOf(answer, false), openContext()).reply(folded, stamp);
    golden(t, `${JSON.stringify(reply, null, 2)}\n`, `replies/${answer.name}.json`);
  });
}
