import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeBase64url } from '../../src/base64.ts';
import { openSignature, sealSignature } from '../../src/dialects/anthropic-messages/signature.ts';

const sealed = { encryptedContent: 'gAAAA', model: 'gpt-5.5', account: 'account-1' };
const seal = (partLengths: readonly number[]): string => sealSignature({ ...sealed, partLengths });
const reasoning = (...texts: readonly string[]) => ({
  item: {
    type: 'reasoning',
    summary: texts.map((text) => ({ type: 'summary_text', text })),
    encrypted_content: 'gAAAA',
  },
  account: 'account-1',
});

test('a signature opens into the reasoning that was sealed, part by part', () => {
  assert.deepEqual(
    openSignature(seal([5, 8]), 'first\n\nse\n\ncond', 'gpt-5.5'),
    reasoning('first', 'se\n\ncond'),
  );
});

test('a text that was left out or changed loses the summary and keeps the seal', () => {
  for (const text of ['', 'first', 'first\n\nsecond!', 'first  second', 'firs\n\nsecond1'])
    assert.deepEqual(openSignature(seal([5, 6]), text, 'gpt-5.5'), reasoning(), text);
  assert.deepEqual(openSignature(seal([]), 'added', 'gpt-5.5'), reasoning());
  assert.deepEqual(openSignature(seal([]), '', 'gpt-5.5'), reasoning());
});

function opens(model: string): boolean {
  return openSignature(seal([]), '', model) !== null;
}

test('the seal holds within a model family and not outside it', () => {
  assert.equal(opens('gpt-5.5-codex'), true);
  assert.equal(opens('gpt-5.4'), false);
  assert.equal(opens('gpt-6'), false);
  assert.equal(opens('other'), false);
});

test('members that a later version adds are no obstacle', () => {
  const later = `cgw1.${encodeBase64url('{"e":"gAAAA","s":[],"m":"gpt-5.5","a":"account-1","z":1}')}`;
  assert.deepEqual(openSignature(later, '', 'gpt-5.5'), reasoning());
});

test('an older signature does not say whose it is', () => {
  const older = `cgw1.${encodeBase64url('{"e":"gAAAA","s":[],"m":"gpt-5.5"}')}`;
  assert.deepEqual(openSignature(older, '', 'gpt-5.5'), { ...reasoning(), account: null });
});

test('foreign and broken signatures open into nothing', () => {
  const none = sealSignature({ ...sealed, encryptedContent: '', partLengths: [1] });
  const notJson = `cgw1.${encodeBase64url('nope')}`;
  const wrongTypes = `cgw1.${encodeBase64url('{"e":1,"s":[],"m":"gpt-5.5"}')}`;
  for (const signature of ['', 'EqQBCgYIBhgC', 'cgw1.', 'cgw1.!!!', none, notJson, wrongTypes])
    assert.equal(openSignature(signature, '', 'gpt-5.5'), null, signature);
});
