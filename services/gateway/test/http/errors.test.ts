import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dialectOf } from '../../src/http/errors.ts';

const withHeader =
  (...present: readonly string[]) =>
  (name: string): boolean =>
    present.includes(name);

for (const [path, headers, name] of [
  ['/v1/messages', [], 'anthropic-messages'],
  ['/messages/count_tokens', [], 'anthropic-messages'],
  ['/v1/v1/messages', [], 'anthropic-messages'],
  ['/v1/responses', ['anthropic-version'], 'openai-responses'],
  ['/v1/chat/completions', [], 'openai-chat'],
  ['/v1/models/gpt-unknown', ['anthropic-version'], 'anthropic-messages'],
  ['/v1/unknown', ['anthropic-version'], 'anthropic-messages'],
  ['/v1/models/gpt-unknown', [], undefined],
  ['/v1/messages-of-others', [], undefined],
] as const) {
  const client =
    headers.length > 0 ? `a client that sends ${headers.join()}` : 'a client that sends no header of its own';
  test(`${client} gets the errors of ${path} in the envelope of ${name ?? 'OpenAI'}`, () => {
    assert.equal(dialectOf(path, withHeader(...headers))?.name, name);
  });
}
