import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FaultError, type Fault } from '@codex-gateway/wire/fault.ts';
import * as fc from 'fast-check';
import { apiKeyFromText, mayUseModel, type ApiKey } from '../../src/keys/api-keys.ts';
import { checkMaxTokens, checkModel } from '../../src/keys/policy.ts';

function keyFor(allow: readonly string[], deny: readonly string[] = []): ApiKey {
  return { ...apiKeyFromText('team', 'text'), models: { allow, deny } };
}

const cases: readonly (readonly [allow: string[], deny: string[], names: string[], may: boolean])[] = [
  [[], [], ['gpt-5.5'], true],
  [['gpt-5.5'], [], ['gpt-5.5'], true],
  [['gpt-5.5'], [], ['gpt-5.55'], false],
  [['gpt-5.5'], [], ['gpt-5x5'], false], // a dot is a dot
  [['gpt-5.5'], [], ['GPT-5.5'], false],
  [['gpt-6*'], [], ['gpt-6'], true],
  [['gpt-6*'], [], ['gpt-6-sol'], true],
  [['gpt-6*'], [], ['my-gpt-6'], false],
  [['*-mini'], [], ['gpt-5-mini'], true],
  [['*-mini'], [], ['gpt-5-mini-x'], false],
  [['*'], [], ['anything/at:all@x'], true],
  [['**'], [], ['x'], true],
  [['gpt-*-sol'], [], ['gpt-6-sol'], true],
  [['gpt-*-sol'], [], ['gpt--sol'], true],
  [['gpt-*-sol'], [], ['gpt-sol'], false], // head and tail may not share their dash
  [['a*a'], [], ['a'], false],
  [['a*b*c'], [], ['abc'], true],
  [['a*b*c'], [], ['acb'], false],
  [['a*bc*bc'], [], ['abc'], false],
  [['a*bc*bc'], [], ['abcbc'], true],
  [['gpt-5.5'], [], ['claude-gpt-5.5', 'gpt-5.5'], true], // the slug behind the name is enough
  [['claude-*'], [], ['claude-gpt-5.5', 'gpt-5.5'], true],
  [[], ['gpt-5.5'], ['gpt-5.5'], false],
  [[], ['gpt-5.5'], ['openai/gpt-5.5', 'gpt-5.5'], false], // no other spelling leads around a denial
  [['*'], ['gpt-*'], ['gpt-5.5'], false],
  [['gpt-5.5'], ['*'], ['gpt-5.5'], false],
  [['gpt-5.5'], ['*-mini'], ['gpt-5.5'], true],
];

for (const [allow, deny, names, may] of cases) {
  const rule = `allow [${allow.join(', ')}], deny [${deny.join(', ')}]`;
  test(`${rule} ${may ? 'lets' : 'refuses'} ${names.join(' = ')}`, () => {
    assert.equal(mayUseModel(keyFor(allow, deny), names), may);
  });
}

test('a pattern means what the same regular expression means', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', '.', '-'), maxLength: 8 });
  const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '.', '-', '*'), minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(pattern, letters, (text, name) => {
      const pieces = text.split('*').map((piece) => piece.replaceAll('.', String.raw`\.`));
      assert.equal(mayUseModel(keyFor([text]), [name]), new RegExp(`^${pieces.join('.*')}$`, 's').test(name));
    }),
    { numRuns: 3_000 },
  );
});

test('a name made from a pattern always matches it', () => {
  const piece = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 3 });
  fc.assert(
    fc.property(fc.array(fc.tuple(piece, piece), { minLength: 1, maxLength: 5 }), piece, (pairs, tail) => {
      const pattern = pairs.map(([fixed]) => `${fixed}*`).join('') + tail;
      const name = pairs.map(([fixed, free]) => fixed + free).join('') + tail;
      assert.equal(mayUseModel(keyFor([pattern]), [name]), true);
    }),
    { numRuns: 1_000 },
  );
});

function faultOf(check: () => void): Fault | null {
  try {
    check();
    return null;
  } catch (error) {
    assert.ok(error instanceof FaultError);
    return error.fault;
  }
}

const resolved = { requested: 'openai/gpt-9', slug: 'gpt-9', efforts: null, effort: null };

test('a key that may not use a model does not learn whether it exists', () => {
  const refused: Fault = {
    kind: 'model_not_allowed',
    message: "This key may not use the model 'openai/gpt-9'.",
    param: 'model',
  };
  const key = keyFor(['gpt-5.5']);
  assert.deepEqual(
    faultOf(() => checkModel(key, { ...resolved, exists: true })),
    refused,
  );
  assert.deepEqual(
    faultOf(() => checkModel(key, { ...resolved, exists: false })),
    refused,
  );
});

test('a preset in the name neither opens nor closes a model', () => {
  const known = { ...resolved, requested: 'gpt-9@fast', exists: true };
  assert.equal(
    faultOf(() => checkModel(keyFor(['gpt-9']), known)),
    null,
  );
  assert.equal(faultOf(() => checkModel(keyFor(['*@fast']), known))?.kind, 'model_not_allowed');
});

test('a model that does not exist is not found', () => {
  assert.deepEqual(
    faultOf(() => checkModel(keyFor([]), { ...resolved, exists: false })),
    {
      kind: 'model_not_found',
      message: "The model 'openai/gpt-9' does not exist or you do not have access to it.",
      param: 'model',
    },
  );
  assert.equal(
    faultOf(() => checkModel(keyFor([]), { ...resolved, exists: true })),
    null,
  );
});

const asked = (tokens: number) => ({ field: 'max_completion_tokens', tokens });

test('a request for more tokens than the key allows is refused, the cap itself is not', () => {
  const key = { ...keyFor([]), limits: { maxTokens: 100 } };
  assert.equal(
    faultOf(() => checkMaxTokens(key, asked(100))),
    null,
  );
  assert.equal(
    faultOf(() => checkMaxTokens(key, null)),
    null,
  );
  assert.equal(
    faultOf(() => checkMaxTokens(keyFor([]), asked(1_000_000))),
    null,
  );
  assert.deepEqual(
    faultOf(() => checkMaxTokens(key, asked(101))),
    {
      kind: 'max_tokens_exceeded',
      message: 'This key allows at most 100 output tokens, the request asks for 101.',
      param: 'max_completion_tokens',
    },
  );
});
