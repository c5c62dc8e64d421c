import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseDirectives, withoutDirectives } from '../src/model/directives.ts';

test('directives are read in order, with defaults and typed options', () => {
  assert.deepEqual(
    parseDirectives('a [[sim: stall after=3]] b [[sim: status 429 kind=plain retry_after=2]]'),
    [
      { verb: 'stall', after: 3 },
      { verb: 'status', status: 429, kind: 'plain', retry_after: 2 },
    ],
  );
  assert.deepEqual(parseDirectives('[[sim: cut]]'), [{ verb: 'cut', after: 2, how: 'end' }]);
  assert.deepEqual(parseDirectives('[[sim: fail message="two words ]] inside" code=x]]'), [
    { verb: 'fail', code: 'x', message: 'two words ]] inside', after: 2 },
  ]);
  assert.deepEqual(parseDirectives('no directive [[here]]'), []);
});

test('a payload may hold brackets, quotes and line breaks', () => {
  assert.deepEqual(parseDirectives('[[sim: call f {"a":[[1,2],["]]"]],"b":"\\"}"}]] rest'), [
    { verb: 'call', tool: 'f', payload: '{"a":[[1,2],["]]"]],"b":"\\"}"}' },
  ]);
  assert.deepEqual(parseDirectives('[[sim: call apply_patch *** Begin\n+x\n*** End]]'), [
    { verb: 'call', tool: 'apply_patch', payload: '*** Begin\n+x\n*** End' },
  ]);
  assert.deepEqual(parseDirectives('[[sim: shell cat "a b" | wc -l]]'), [
    { verb: 'shell', payload: 'cat "a b" | wc -l' },
  ]);
});

test('the text without its directives is what a person said', () => {
  assert.equal(withoutDirectives('[[sim: crlf]] Say hi [[sim: call f {"a":"]]"}]]'), 'Say hi');
  assert.equal(withoutDirectives('plain'), 'plain');
});

for (const text of [
  '[[sim: explode]]',
  '[[sim: cut after=-1]]',
  '[[sim: cut when=now]]',
  '[[sim: cut',
  '[[sim: split bytes=0]]',
]) {
  test(`"${text}" is an error`, () => {
    assert.throws(() => parseDirectives(text), { name: 'DirectiveError' });
  });
}
