import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFold } from '../../src/codex/fold.ts';
import { anthropicMessages } from '../../src/dialects/anthropic-messages/dialect.ts';
import { FaultError } from '../../src/fault.ts';
import { bodyOf, cases } from './cases.ts';
import { golden, json } from './golden.ts';
import { openContext, stamp } from '../open-context.ts';

for (const answer of cases) {
  test(`the answer "${answer.name}" is streamed as recorded`, (t) => {
    const encoder = anthropicMessages.open(bodyOf(answer, true), openContext()).encoder(stamp);
    const text = encoder.push(answer.events);
    assert.equal(encoder.ended(), true);
    assert.equal(text.endsWith('{"type":"message_stop"}\n\n'), answer.ends === 'whole');
    golden(t, text, `streams/${answer.name}.sse`);
  });

  test(`the answer "${answer.name}" is told as one message as recorded`, (t) => {
    const fold = createFold();
    fold.push(answer.events);
    const folded = fold.result();
    if (folded === null) return; // failed upstream: the gateway answers with an error
    const exchange = anthropicMessages.open(bodyOf(answer, false), openContext());
    if (answer.ends === 'error') assert.throws(() => exchange.reply(folded, stamp), FaultError);
    else golden(t, json(exchange.reply(folded, stamp)), `replies/${answer.name}.json`);
  });
}

function textDelta(delta: string) {
  return { type: 'response.output_text.delta', output_index: 0, content_index: 0, delta } as const;
}

test('a text delta is written as plain JSON would be', () => {
  const deltas = ['"quoted"\n', '\u2028 \ud83d', '</script> \\u0000 \u0007', ''];
  const encoder = anthropicMessages
    .open(bodyOf({ name: '', events: [], ends: 'whole' }, true), openContext())
    .encoder(stamp);
  encoder.push([textDelta('begun')]);
  for (const text of deltas.filter((delta) => delta !== '')) {
    const data = { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } };
    assert.equal(
      encoder.push([textDelta(text)]),
      `event: content_block_delta\ndata: ${JSON.stringify(data)}\n\n`,
    );
  }
  assert.equal(encoder.push([textDelta('')]), '');
});
