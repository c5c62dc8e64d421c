import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nothingRecalled } from '../../src/dialects/dialect.ts';
import { openaiChat } from '../../src/dialects/openai-chat/dialect.ts';
import { openContext } from '../open-context.ts';

const user = (content: string) => ({ role: 'user', content });
const system = { role: 'system', content: 'Be brief.' };

function cacheKey(fields: Readonly<Record<string, unknown>>, context = openContext()): string {
  const body = { model: 'gpt-5.5', messages: [user('Hi.')], ...fields };
  return openaiChat.open(body, context).codexRequest(nothingRecalled).prompt_cache_key;
}

test('the cache key is that of the client, else of its session, its user or the beginning', () => {
  const session = openContext({ sessionId: 'session-1' });
  const later = { messages: [user('Hi.'), { role: 'assistant', content: 'Hello.' }, user('Go on.')] };
  const other = { messages: [user('Bye.')] };
  assert.equal(cacheKey({ prompt_cache_key: 'k' }, session), cacheKey({ prompt_cache_key: 'k', ...other }));
  assert.equal(cacheKey({}, session), cacheKey({ user: 'u', ...other }, session));
  assert.equal(cacheKey({ user: 'u' }), cacheKey({ user: 'u', ...other }));
  assert.equal(cacheKey({ safety_identifier: 'u' }), cacheKey({ user: 'u' }));
  assert.equal(cacheKey({}), cacheKey(later));
  const keys = [
    cacheKey({}),
    cacheKey(other),
    cacheKey({ user: 'u' }),
    cacheKey({ user: 'v' }),
    cacheKey({}, session),
    cacheKey({ prompt_cache_key: 'k' }),
    cacheKey({ tools: [{ type: 'function', function: { name: 'f' } }] }),
    cacheKey({ messages: [system, user('Hi.')] }),
    cacheKey({}, openContext({ cacheScope: 'key-2' })),
  ];
  assert.equal(new Set(keys).size, keys.length);
  assert.ok(keys.every((key) => /^[0-9a-f]{32,64}$/.test(key)));
});
