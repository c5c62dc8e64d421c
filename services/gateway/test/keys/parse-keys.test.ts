import assert from 'node:assert/strict';
import { test } from 'node:test';
import { apiKeyFromText, hashKey, parseKeys, type KeysFile } from '../../src/keys/api-keys.ts';

const hash = hashKey('first');
const otherHash = hashKey('second');

function problemsOf(text: string): readonly string[] {
  const file = parseKeys(text);
  return file.ok ? [] : file.problems;
}

/** The text of a keys file with one key that carries these lines too; the first of them is line 4 of the file. */
function keyWith(...lines: readonly string[]): string {
  return ['keys:', '  - id: team', `    sha256: ${hash}`, ...lines.map((line) => `    ${line}`)].join('\n');
}

test('a key with everything is read', () => {
  const text = keyWith(
    'status: disabled',
    'expiresAt: 2027-03-31T02:00:00+02:00',
    'models: { allow: [gpt-5.5, "gpt-6*"], deny: ["*-mini"] }',
    'limits: { rpm: 120, rpd: 20000, tpm: 400000, concurrency: 16, maxTokens: 32000 }',
    'quota: { tokens: 50000000, period: month }',
    'unsupportedParameters: strict',
    'raw: false',
  );
  assert.deepEqual(parseKeys(text), {
    ok: true,
    keys: [
      {
        id: 'team',
        hashes: [hash],
        status: 'disabled',
        expiresAt: Date.UTC(2027, 2, 31),
        models: { allow: ['gpt-5.5', 'gpt-6*'], deny: ['*-mini'] },
        limits: { rpm: 120, rpd: 20_000, tpm: 400_000, concurrency: 16, maxTokens: 32_000 },
        quota: { tokens: 50_000_000, period: 'month' },
        unsupportedParameters: 'strict',
        raw: false,
      },
    ],
  } satisfies KeysFile);
});

test('a key with only what it must have gets the defaults of the API_KEY shortcut', () => {
  assert.deepEqual(parseKeys(keyWith()), {
    ok: true,
    keys: [{ ...apiKeyFromText('team', 'first'), limits: {} }],
  });
});

test('a key may have several hashes while it rotates, in either case', () => {
  const text = `keys:\n  - id: team\n    sha256:\n      - ${hash.toUpperCase()}\n      - ${otherHash}\n`;
  const file = parseKeys(text);
  assert.deepEqual(file.ok && file.keys.map(({ hashes }) => hashes), [[hash, otherHash]]);
});

test('JSON is YAML, so a keys file may be JSON', () => {
  const file = parseKeys(JSON.stringify({ keys: [{ id: 'team', sha256: hash }] }));
  assert.deepEqual(file, parseKeys(keyWith()));
});

test('every problem is told with its line, all at once', () => {
  const text = [
    'keys:',
    '  - id: "team search"',
    '    sha256: 12ab',
    '    status: sleeping',
    '    expiresAt: tomorrow',
    '    models:',
    '      allow: [gpt 5]',
    '      block: []',
    '    limits:',
    '      rpm: -1',
    '      tpm: 1.5',
    '      rps: 3',
    '    quota: { tokens: 0, period: week }',
    '    unsupportedParameters: loud',
    '    raw: maybe',
    '    owner:',
    '      name: x',
    '  - sha256: []',
    'version: 1',
  ].join('\n');
  const places = problemsOf(text).map((problem) =>
    /^line (\d+): ([^:]+)/.exec(problem)?.slice(1, 3).join(' '),
  );
  assert.deepEqual(
    new Set(places),
    new Set([
      '2 keys.0.id',
      '3 keys.0.sha256',
      '4 keys.0.status',
      '5 keys.0.expiresAt',
      '7 keys.0.models.allow.0',
      '8 keys.0.models.block',
      '10 keys.0.limits.rpm',
      '11 keys.0.limits.tpm',
      '12 keys.0.limits.rps',
      '13 keys.0.quota.tokens',
      '13 keys.0.quota.period',
      '14 keys.0.unsupportedParameters',
      '15 keys.0.raw',
      '16 keys.0.owner',
      '18 keys.1.id',
      '18 keys.1.sha256',
      '19 version',
    ]),
  );
});

const wrongs: readonly (readonly [what: string, text: string, problem: RegExp])[] = [
  ['an empty file', '', /^line 1: keys: /],
  ['only a comment', '# soon\n', /^line 1: keys: /],
  ['no key in the list', 'keys: []\n', /^line 1: keys: must hold at least one key$/],
  ['a list where a mapping must be', '- id: team\n', /^line 1: file: /],
  ['a word', 'keys', /^line 1: file: /],
  ['a key that is a word', 'keys:\n  - team\n', /^line 2: keys\.0: /],
  [
    'a date that is none',
    keyWith('expiresAt: 2027-02-30T00:00:00Z'),
    /^line 4: keys\.0\.expiresAt: must be a time/,
  ],
  [
    'a date without a zone',
    keyWith('expiresAt: 2027-02-03T00:00:00'),
    /^line 4: keys\.0\.expiresAt: must be a time/,
  ],
  ['a day without a time', keyWith('expiresAt: 2027-02-03'), /^line 4: keys\.0\.expiresAt: must be a time/],
  ['a limit of zero', keyWith('limits: { concurrency: 0 }'), /^line 4: keys\.0\.limits\.concurrency: /],
  ['a limit in words', keyWith('limits: { rpm: many }'), /^line 4: keys\.0\.limits\.rpm: /],
  ['a quota without a period', keyWith('quota: { tokens: 5 }'), /^line 4: keys\.0\.quota\.period: /],
  [
    'an empty pattern',
    keyWith('models: { allow: [""] }'),
    /^line 4: keys\.0\.models\.allow\.0: must be a model name/,
  ],
  [
    'a pattern with another wildcard',
    keyWith('models: { deny: ["gpt-?"] }'),
    /^line 4: keys\.0\.models\.deny\.0: /,
  ],
  ['a member that stands twice', keyWith('raw: true', 'raw: false'), /^line 5: Map keys must be unique/],
  ['broken YAML', 'keys: [\n', /^line \d+: /],
  ['an unquoted wildcard', keyWith('models: { allow: [*] }'), /^line 4: /],
  ['an unquoted wildcard with a name', keyWith('models:', '  deny: [ *-mini ]'), /^line 5: .*quote/],
];

for (const [what, text, problem] of wrongs) {
  test(`${what} is one problem with its line`, () => {
    const problems = problemsOf(text);
    assert.equal(problems.length, 1, problems.join('\n'));
    assert.match(problems[0] ?? '', problem);
  });
}

function entry(id: string, sha256: string): string {
  return `  - id: ${id}\n    sha256: ${sha256}\n`;
}

test('an id or a hash that stands twice is told at the second place, with every other doubling', () => {
  const text = `keys:\n${entry('a', hash)}${entry('b', otherHash)}${entry('a', hashKey('third'))}${entry('c', hash)}`;
  assert.deepEqual(problemsOf(text), [
    'line 6: the id or a hash of a stands twice',
    'line 8: the id or a hash of c stands twice',
  ]);
});

test('a hash in another case is the same hash', () => {
  const text = `keys:\n  - { id: a, sha256: ${hash} }\n  - { id: b, sha256: ${hash.toUpperCase()} }\n`;
  assert.deepEqual(problemsOf(text), ['line 3: the id or a hash of b stands twice']);
});

test('a key that was pasted where its hash belongs is not repeated in the problem', () => {
  for (const line of ['sha256: sk-canary', 'sha256: [sk-canary]']) {
    const problems = problemsOf(`keys:\n  - id: a\n    ${line}\n`);
    assert.ok(problems.length > 0);
    assert.equal(problems.join('\n').includes('canary'), false, problems.join('\n'));
  }
});
