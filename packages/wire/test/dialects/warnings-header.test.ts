import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createWarningLog, warningsHeader } from '../../src/dialects/warnings.ts';

test('there is no header when all was honoured', () => {
  assert.equal(warningsHeader({ dropped: [], clamped: [] }), null);
});

test('what was dropped comes before what was moved', () => {
  assert.equal(
    warningsHeader({ dropped: ['temperature', 'top_p'], clamped: [] }),
    'dropped=temperature,top_p',
  );
  assert.equal(warningsHeader({ dropped: [], clamped: ['reasoning.effort'] }), 'clamped=reasoning.effort');
  assert.equal(
    warningsHeader({ dropped: ['seed'], clamped: ['reasoning.effort'] }),
    'dropped=seed; clamped=reasoning.effort',
  );
});

test('what lost to a pinned value comes after both', () => {
  const warnings = { dropped: ['seed'], clamped: ['verbosity'], pinned: ['reasoning_effort'] };
  assert.equal(warningsHeader(warnings), 'dropped=seed; clamped=verbosity; pinned=reasoning_effort');
});

test('what was restored comes after it, and before an estimated usage', () => {
  const warnings = {
    dropped: [],
    clamped: [],
    pinned: ['a'],
    restored: ['tools'],
    usage: 'estimated',
  } as const;
  assert.equal(warningsHeader(warnings), 'pinned=a; restored=tools; usage=estimated');
});

test('a field that nobody knows is declared like every other', () => {
  const log = createWarningLog();
  log.dropped('seed');
  log.unknown('invented');
  assert.deepEqual(log.all(), { dropped: ['seed', 'invented'], clamped: [], unknown: ['invented'] });
  assert.equal(warningsHeader(log.all()), 'dropped=seed,invented');
});

test('what nobody knows and is no plain name is not declared', () => {
  const log = createWarningLog();
  for (const name of ['', 'a b', 'a\r\nb', 'ü', 'x'.repeat(65)]) log.unknown(name);
  assert.deepEqual(log.all(), { dropped: [], clamped: [] });
});

test('a name cannot break the header or say more than a name', () => {
  assert.equal(
    warningsHeader({ dropped: ['a\r\nx-evil: 1', 'b;clamped=c', 'ü'], clamped: [] }),
    'dropped=a__x-evil:_1,b_clamped_c,_',
  );
});

test('a long header is cut between two names', () => {
  const dropped = Array.from({ length: 60 }, (_, index) => `field_number_${index}`);
  const header = warningsHeader({ dropped, clamped: ['reasoning.effort'] });
  assert.ok(header && header.length <= 512);
  const names = header.replace('dropped=', '').split(',');
  assert.ok(names.length > 20);
  assert.deepEqual(names, dropped.slice(0, names.length));
});

test('a long header is cut between two groups too, and nothing is said of a name that fits nowhere', () => {
  const long = 'x'.repeat(500);
  assert.equal(warningsHeader({ dropped: [long], clamped: ['reasoning.effort'] }), `dropped=${long}`);
  assert.equal(warningsHeader({ dropped: ['x'.repeat(600)], clamped: [] }), null);
});

test('a header of just the allowed length is whole', () => {
  const dropped = [...Array.from({ length: 7 }, (_, index) => `${index}${'x'.repeat(63)}`), 'y'.repeat(49)];
  const header = warningsHeader({ dropped, clamped: [] });
  assert.equal(header?.length, 512);
  assert.ok(header?.endsWith('y'));
});

test('a field is named once, however often it was dropped', () => {
  const log = createWarningLog();
  log.dropped('seed');
  log.dropped('seed');
  log.clamped('reasoning.effort');
  assert.deepEqual(log.all(), { dropped: ['seed'], clamped: ['reasoning.effort'] });
});

test('of more names than anybody will read the first are kept, and no unknown one keeps out one that matters', () => {
  const log = createWarningLog();
  for (let index = 0; index < 1000; index++) log.unknown(`x${index}`);
  log.dropped('seed');
  const { dropped, unknown = [] } = log.all();
  assert.deepEqual([unknown.length, dropped.length, dropped.at(-1)], [256, 257, 'seed']);
  for (let index = 0; index < 1000; index++) log.dropped(`y${index}`);
  assert.equal(log.all().dropped.length, 512);
});
