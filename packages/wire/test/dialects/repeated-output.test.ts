import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CodexEvent } from '../../src/codex/events.ts';
import { createFold } from '../../src/codex/fold.ts';
import { anthropicMessages } from '../../src/dialects/anthropic-messages/dialect.ts';
import type { Exchange } from '../../src/dialects/dialect.ts';
import { openaiChat } from '../../src/dialects/openai-chat/dialect.ts';
import { openaiResponses } from '../../src/dialects/openai-responses/dialect.ts';
import { openContext, stamp } from '../open-context.ts';
import { cases } from '../openai-chat/cases.ts';

const messages = [{ role: 'user', content: 'Go.' }];
const requests = [
  { dialect: openaiChat, body: { model: 'm', messages } },
  { dialect: openaiResponses, body: { model: 'm', input: 'Go.' } },
  { dialect: anthropicMessages, body: { model: 'm', max_tokens: 9, messages } },
];

/** The events as an API sends them that stores answers: the last one holds all finished items once more. */
function repeated(events: readonly CodexEvent[]): readonly CodexEvent[] {
  const output = events.flatMap((event) => (event.type === 'response.output_item.done' ? [event.item] : []));
  return events.map((event) =>
    event.type === 'response.completed' || event.type === 'response.incomplete'
      ? { ...event, response: { ...event.response, output } }
      : event,
  );
}

type Asked = (typeof requests)[number];

function open({ dialect, body }: Asked): Exchange {
  return dialect.open(body, openContext());
}

function told(asked: Asked, events: readonly CodexEvent[]) {
  const fold = createFold();
  fold.push(events);
  const folded = fold.result();
  return {
    stream: open(asked).encoder(stamp).push(events),
    reply: folded && open(asked).reply(folded, stamp),
  };
}

for (const asked of requests)
  for (const { name, events } of cases.filter(({ name: each }) => !each.includes('in-the-last-event')))
    test(`${asked.dialect.name}: "${name}" is told once, though the last event repeats its items`, () => {
      assert.deepEqual(told(asked, repeated(events)), told(asked, events));
    });
