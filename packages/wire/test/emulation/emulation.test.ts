import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CodexEvent } from '../../src/codex/events.ts';
import {
  begin,
  completed,
  customCall,
  failed,
  functionCall,
  incomplete,
  interleaved,
  message,
  noise,
  reasoning,
  refusalMessage,
  upstream,
  type RawEvent,
} from '../upstream-events.ts';
import { createEmulation } from '../../src/emulation/emulation.ts';
import { o200k } from './o200k.ts';
import { asked, emulated, emulation } from './run.ts';

const hello = message({ at: 0, deltas: ['Hello', ' wor', 'ld, EN', 'D and', ' more'] });
const call = functionCall({ at: 1, callId: 'call_1', name: 'f', deltas: ['{"a"', ':1}'] });
const thought = reasoning({ at: 1, summary: [['Well.']], seal: 'g'.repeat(60) });

/** What the answer says of its end: type, reason, stop string and whose usage it has. */
function endOf(events: readonly CodexEvent[]) {
  const last = events.at(-1);
  assert.ok(last?.type === 'response.completed' || last?.type === 'response.incomplete');
  const {
    incomplete_details: details,
    stop_sequence: stop,
    usage,
    usage_estimated: estimated,
  } = last.response;
  return { type: last.type, reason: details?.reason, stop, output: usage?.output_tokens, estimated };
}

const stopped = { type: 'response.completed', reason: undefined, stop: 'END', estimated: true };
const limited = {
  type: 'response.incomplete',
  reason: 'max_output_tokens',
  stop: undefined,
  estimated: true,
};

function deltasOf(events: readonly CodexEvent[]): readonly string[] {
  return events.flatMap((event) => (event.type === 'response.output_text.delta' ? [event.delta] : []));
}

function types(events: readonly CodexEvent[]): readonly string[] {
  return events.map((event) => (event.type === 'other' ? event.name : event.type).replace('response.', ''));
}

test('an answer that asks for nothing to be ended goes through as it is', () => {
  for (const rules of [{ stop: ['XXX'] }, { maxTokens: 1000 }, { stop: ['XXX'], maxTokens: 1000 }]) {
    const events = upstream(begin(), thought, hello, call, noise(), completed());
    assert.deepEqual(emulated(rules, events), events);
  }
});

test('text up to the stop string, then the ends of text, part, item and answer', () => {
  const events = emulated({ stop: ['END'] }, upstream(begin(), hello, completed()));
  const text = 'Hello world, ';
  const place = { output_index: 0, content_index: 0, item_id: 'msg_0' };
  const part = { type: 'output_text', text, annotations: [], logprobs: [] };
  assert.deepEqual(types(events).slice(0, 4), [
    'created',
    'in_progress',
    'output_item.added',
    'content_part.added',
  ]);
  assert.deepEqual(deltasOf(events), ['Hello', ' wor', 'ld, ']);
  assert.deepEqual(events.slice(7, -1), [
    { type: 'response.output_text.done', ...place, text },
    { type: 'response.content_part.done', ...place, part },
    {
      type: 'response.output_item.done',
      output_index: 0,
      item: { id: 'msg_0', type: 'message', role: 'assistant', status: 'completed', content: [part] },
    },
  ]);
  assert.deepEqual(endOf(events), { ...stopped, output: 4 });
});

test('the last event is made of what the upstream said of the answer, with an estimate of its usage', () => {
  const events = upstream(begin(), thought, message({ at: 2, deltas: ['one two', ' END'] }));
  const first = events[0];
  const last = emulated({ stop: ['END'] }, events).at(-1);
  assert.ok(first?.type === 'response.created' && last?.type === 'response.completed');
  assert.deepEqual(last.response, {
    ...first.response,
    status: 'completed',
    stop_sequence: 'END',
    usage_estimated: true,
    usage: {
      input_tokens: 7 + 4 + 2,
      input_tokens_details: { cached_tokens: 0 },
      output_tokens: 10 + 2,
      output_tokens_details: { reasoning_tokens: 10 },
      total_tokens: 25,
    },
  });
});

test('images, tools and sealed reasoning count in the estimate, base64 does not', () => {
  const image = `data:image/png;base64,${'A'.repeat(100_000)}`;
  const request = {
    ...asked,
    instructions: '',
    tools: [{ type: 'function', name: 'f' }],
    input: [
      { type: 'message', role: 'user', content: [{ type: 'input_image', image_url: image }] },
      { type: 'reasoning', encrypted_content: 'g'.repeat(600), summary: [] },
    ],
  };
  const rules = { stop: ['END'], maxTokens: null, toolText: false, commentaryIsVisible: true, separator: '' };
  const last = createEmulation(rules, { countTokens: o200k, request }).push(upstream(begin(), hello)).at(-1);
  assert.ok(last?.type === 'response.completed');
  assert.equal(last.response.usage?.input_tokens, 1200 + 100 + 2 * 4 + 8 + 8);
});

test('an answer is cut where it has its last token', () => {
  const text = 'one two three four five';
  const events = emulated(
    { maxTokens: 3 },
    upstream(begin(), message({ at: 0, deltas: [text] }), completed()),
  );
  assert.deepEqual(deltasOf(events), ['one two three']);
  assert.deepEqual(endOf(events), { ...limited, output: 3 });
  const item = events.at(-2);
  assert.ok(item?.type === 'response.output_item.done');
  assert.equal('status' in item.item && item.item.status, 'incomplete');
});

test('whichever comes first ends the answer: stop string or limit', () => {
  const events = upstream(begin(), message({ at: 0, deltas: ['one two', ' END three four'] }));
  assert.deepEqual(endOf(emulated({ stop: ['END'], maxTokens: 10 }, events)), { ...stopped, output: 2 });
  assert.deepEqual(endOf(emulated({ stop: ['END'], maxTokens: 1 }, events)), { ...limited, output: 1 });
});

function only(events: readonly RawEvent[], ...kept: readonly string[]): readonly RawEvent[] {
  return events.filter(({ type }) => kept.includes(type.replace('response.', '')));
}

const withoutDeltas: readonly (readonly string[])[] = [
  ['output_item.added', 'content_part.added', 'output_text.done'],
  ['output_item.added', 'content_part.added', 'content_part.done'],
  ['output_item.added', 'output_item.done'],
  ['output_text.done'],
  ['content_part.done'],
  ['output_item.done'],
];

for (const kept of withoutDeltas) {
  test(`a text that comes whole, with only ${kept.join(', ')}, is cut, too`, () => {
    const events = emulated({ stop: ['END'] }, upstream(begin(), only(hello, ...kept), completed(null)));
    assert.deepEqual(deltasOf(events), ['Hello world, ']);
    assert.deepEqual(endOf(events), { ...stopped, output: 4 });
    assert.deepEqual(types(events).slice(-4), [
      'output_text.done',
      'content_part.done',
      'output_item.done',
      'completed',
    ]);
  });
}

test('an answer that comes in its last event alone is cut, with the usage it tells', () => {
  const item = hello.at(-1)?.['item'];
  const [end] = completed();
  assert.ok(end && typeof end['response'] === 'object');
  const whole = { ...end, response: { ...end['response'], output: [item] } };
  const events = emulated({ stop: ['END'] }, upstream(begin(), [whole]));
  assert.deepEqual(deltasOf(events), ['Hello world, ']);
  assert.deepEqual(endOf(events), { ...stopped, reason: undefined, output: 7, estimated: false });
});

test('what was held back is told at the end of its text, in front of that end', () => {
  const events = emulated(
    { stop: ['END'] },
    upstream(begin(), message({ at: 0, deltas: ['the', ' EN'] }), completed()),
  );
  assert.deepEqual(deltasOf(events), ['the', ' ', 'EN']);
  assert.deepEqual(types(events).slice(-5), [
    'output_text.delta',
    'output_text.done',
    'content_part.done',
    'output_item.done',
    'completed',
  ]);
});

test('what was held back is told at the end of the answer when its text has no end', () => {
  const unfinished = message({ at: 0, deltas: ['the', ' EN'] }).slice(0, 4);
  const events = emulated(
    { stop: ['END', 'EN'] },
    upstream(begin(), unfinished, incomplete('content_filter')),
  );
  assert.deepEqual(endOf(events), { ...stopped, stop: 'EN', output: 7, estimated: false });
  const other = emulated({ stop: ['END'] }, upstream(begin(), unfinished, incomplete('content_filter')));
  assert.deepEqual(deltasOf(other), ['the', ' ', 'EN']);
});

test('a stop string in reasoning, in arguments or between two texts is none', () => {
  const events = upstream(
    begin(),
    reasoning({ at: 0, summary: [['the END']] }),
    message({ at: 1, deltas: ['the EN'] }),
    message({ at: 2, deltas: ['D'] }),
    functionCall({ at: 3, callId: 'c', name: 'END', deltas: ['"END"'] }),
    completed(),
  );
  assert.deepEqual(deltasOf(emulated({ stop: ['END'] }, events)), ['the ', 'EN', 'D']);
  assert.equal(emulated({ stop: ['END'] }, events).at(-1), events.at(-1));
});

test('reasoning and calls are not counted', () => {
  const long = Array.from({ length: 50 }, () => 'many words and ');
  const events = upstream(
    begin(),
    reasoning({ at: 0, summary: [long] }),
    message({ at: 1, deltas: ['one two'] }),
    customCall({ at: 2, callId: 'c', name: 'f', deltas: long }),
    completed(),
  );
  assert.deepEqual(emulated({ maxTokens: 2 }, events), events);
});

test('a refusal is text that the client sees', () => {
  const events = emulated(
    { stop: ['END'] },
    upstream(begin(), refusalMessage({ at: 0, deltas: ['No, EN', 'D'] })),
  );
  assert.deepEqual(types(events).slice(-5), [
    'refusal.delta',
    'refusal.done',
    'content_part.done',
    'output_item.done',
    'completed',
  ]);
  const item = events.at(-2);
  assert.ok(item?.type === 'response.output_item.done');
  assert.deepEqual(item.item.content, [{ type: 'refusal', refusal: 'No, ' }]);
});

test('comments on the work are neither cut nor counted where they are no part of the text', () => {
  const comment = message({ at: 0, deltas: ['the END of it'], phase: 'commentary' });
  const events = upstream(begin(), comment, message({ at: 1, deltas: ['one two'] }), completed());
  const rules = { stop: ['END'], maxTokens: 2 };
  assert.deepEqual(emulated({ ...rules, commentaryIsVisible: false }, events), events);
  assert.deepEqual(deltasOf(emulated({ ...rules, commentaryIsVisible: true }, events)), ['the ']);
});

test('what the client puts between two texts counts', () => {
  const events = upstream(
    begin(),
    message({ at: 0, deltas: ['one two'] }),
    message({ at: 1, deltas: ['The end'] }),
    completed(),
  );
  assert.deepEqual(deltasOf(emulated({ maxTokens: 4, separator: ' ' }, events)), ['one two', 'The end']);
  assert.deepEqual(deltasOf(emulated({ maxTokens: 4, separator: '\n\n' }, events)), ['one two', 'The']);
  assert.deepEqual(deltasOf(emulated({ maxTokens: 3, separator: '\n\n' }, events)), ['one two']);
});

for (const [what, item] of Object.entries({ 'a call': call, reasoning: thought })) {
  test(`${what} that has begun is finished before the answer ends`, () => {
    const words = message({ at: 0, deltas: ['one', ' END', ' more'] });
    const events = upstream(begin(), interleaved(words, item), completed());
    const filter = emulation({ stop: ['END'] });
    const out = events.flatMap((event) => filter.push([event]));
    const told = out.filter((event) => 'output_index' in event && event.output_index === 1);
    assert.deepEqual(
      told,
      events.filter((event) => 'output_index' in event && event.output_index === 1),
    );
    assert.deepEqual(deltasOf(out), ['one', ' ']);
    assert.equal(endOf(out).stop, 'END');
    assert.equal(endOf(out).estimated, true);
    assert.ok(filter.ended());
  });
}

test('nothing else is begun after the cut', () => {
  const words = message({ at: 0, deltas: ['one', ' END', ' more'] });
  const later = functionCall({ at: 2, callId: 'call_2', name: 'g', deltas: ['{}'] });
  const out = emulated(
    { stop: ['END'] },
    upstream(begin(), interleaved(words, call, later.slice(0, 1)), later.slice(1), noise()),
  );
  assert.deepEqual(
    out.filter((event) => event.type === 'response.output_item.done').map((event) => event.output_index),
    [0, 1, 2],
  );
  const third = functionCall({ at: 3, callId: 'call_3', name: 'h', deltas: ['{}'] });
  const unbegun = upstream(
    begin(),
    words.slice(0, 3),
    call.slice(0, 2),
    words.slice(3),
    third,
    call.slice(2),
  );
  assert.ok(
    !emulated({ stop: ['END'] }, unbegun).some(
      (event) => 'output_index' in event && event.output_index === 3,
    ),
  );
});

test('when the upstream ends while a call is finished, its own usage counts', () => {
  const words = message({ at: 0, deltas: ['one END'] });
  const events = upstream(begin(), call.slice(0, 2), words.slice(0, 3), completed());
  assert.deepEqual(endOf(emulated({ stop: ['END'] }, events)), { ...stopped, output: 7, estimated: false });
});

test('when the upstream fails or breaks off while a call is finished, that is the end', () => {
  const words = message({ at: 0, deltas: ['one END'] });
  for (const end of [failed({ code: 'internal', message: 'Broken.' }), incomplete('steered')]) {
    const events = upstream(begin(), call.slice(0, 2), words.slice(0, 3), end);
    const filter = emulation({ stop: ['END'] });
    assert.equal(filter.push(events).at(-1), events.at(-1));
    assert.equal(filter.ended(), true);
  }
});

test('nothing comes after the end, and it says that it is over', () => {
  const filter = emulation({ stop: ['END'] });
  const events = upstream(begin(), hello, completed());
  assert.equal(filter.push(events.slice(0, 6)).length, 6);
  assert.equal(filter.ended(), false);
  assert.notEqual(filter.push(events.slice(6)).length, 0);
  assert.equal(filter.ended(), true);
  assert.deepEqual(filter.push(upstream(hello, completed())), []);
});

function cited(end_index: number) {
  return { type: 'url_citation', start_index: 0, end_index, title: 't', url: 'u' };
}

test('annotations of what is shown stay with it', () => {
  const annotations = [cited(3), cited(20)];
  const words = message({ at: 0, deltas: ['one', ' two END three'], annotations });
  const whole = emulated({ stop: ['END'] }, upstream(begin(), words.slice(-1)));
  const part = whole.at(-2);
  assert.ok(part?.type === 'response.output_item.done');
  assert.deepEqual(part.item.content, [
    { type: 'output_text', text: 'one two ', annotations: [cited(3)], logprobs: [] },
  ]);
  const told = {
    type: 'response.output_text.annotation.added',
    output_index: 0,
    content_index: 0,
    annotation_index: 0,
    annotation: cited(3),
  };
  const streamed = emulated({ stop: ['END'] }, upstream(begin(), words.slice(0, 3), [told], words.slice(3)));
  const item = streamed.at(-2);
  assert.ok(item?.type === 'response.output_item.done');
  assert.deepEqual(item.item.content, part.item.content);
});

test('it says when tokens may soon be counted', () => {
  const filter = emulation({ maxTokens: 20 });
  filter.push(upstream(begin(), message({ at: 0, deltas: ['one two'] }).slice(0, 3)));
  assert.equal(filter.nearsLimit(), false);
  filter.push(upstream(message({ at: 0, deltas: ['one two'] }).slice(2, 3)));
  assert.equal(filter.nearsLimit(), true);
  assert.equal(emulation({ stop: ['END'] }).nearsLimit(), false);
});
