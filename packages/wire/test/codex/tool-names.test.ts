import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { createToolNames } from '../../src/codex/tool-names.ts';

const digest = (text: string) => createHash('sha256').update(text).digest('hex');

test('a name that the upstream takes stays as it is', () => {
  const names = createToolNames(digest);
  for (const name of ['f', 'get_weather', 'get-weather-2', 'x'.repeat(64)]) {
    assert.equal(names.toUpstream(name), name);
    assert.equal(names.toClient(name), name);
  }
});

test('a name that it would refuse keeps its head, gets a hash and is known again', () => {
  const names = createToolNames(digest);
  for (const name of ['get.weather', 'mcp server/tool', 'wetter_für_köln', 'x'.repeat(65), 'y'.repeat(200)]) {
    const sent = names.toUpstream(name);
    assert.match(sent, /^[A-Za-z0-9_-]{1,64}$/);
    assert.ok(sent.endsWith(`_${digest(name).slice(0, 8)}`));
    assert.equal(names.toClient(sent), name);
  }
  assert.equal(names.toUpstream('get.weather'), `get_weather_${digest('get.weather').slice(0, 8)}`);
});

test('names that differ only in what is replaced stay different', () => {
  const names = createToolNames(digest);
  assert.notEqual(names.toUpstream('a.b'), names.toUpstream('a b'));
  assert.notEqual(names.toUpstream('x'.repeat(70)), names.toUpstream('x'.repeat(71)));
});

test('the same name is the same in every request', () => {
  assert.equal(createToolNames(digest).toUpstream('a.b'), createToolNames(digest).toUpstream('a.b'));
});

test('a name that was never sent is the client’s own', () => {
  assert.equal(createToolNames(digest).toClient('get_weather_1234abcd'), 'get_weather_1234abcd');
});
