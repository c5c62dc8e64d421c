import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import { faultRules } from '../../src/fault.ts';
import { chapters } from './chapters.ts';
import { checkFault, kindOf } from './faults.ts';
import { outcomeOf, refusalOf } from './observed.ts';
import { page } from './page.ts';
import {
  isRequestRow,
  type Case,
  type Chapter,
  type DialectChapter,
  type GoldenCase,
  type Outcome,
  type Row,
} from './row.ts';

const project = new URL('../../../../', import.meta.url);

for (const chapter of chapters) {
  const subject = 'dialect' in chapter ? chapter.dialect.name : chapter.title;
  for (const { title, rows } of chapter.sections) {
    suite(`${subject}, ${title}`, () => {
      for (const row of rows) {
        for (const each of row.cases) test(`${nameOf(row)}: ${titleOf(each)}`, () => check(chapter, each));
        test(`${nameOf(row)}: its cases show its outcomes`, () => {
          if (isRequestRow(row)) assert.deepEqual(new Set(row.outcome), shown(row.cases, row.outcome));
        });
      }
    });
  }

  test(`${subject}: every field has a row`, () => {
    const named = chapter.sections.flatMap(({ rows }) => rows.map(nameOf)).map(fieldOf);
    const fields = 'fields' in chapter ? chapter.fields : [];
    assert.deepEqual(
      fields.filter((field) => !named.includes(field)),
      [],
    );
  });
}

test('every kind of fault has a row', () => {
  const cases = chapters.flatMap(({ sections }) =>
    sections.flatMap(({ rows }) => rows.flatMap((row): readonly Case[] => row.cases)),
  );
  const shownKinds = new Set(cases.flatMap((each) => ('told' in each ? [kindOf(each)] : [])));
  assert.deepEqual(
    Object.keys(faultRules).filter((kind) => !shownKinds.has(kind)),
    [],
  );
});

test('docs/translation.md says what the rows say', (t) => {
  t.assert.fileSnapshot(page(chapters), new URL('docs/translation.md', project).pathname, {
    serializers: [(text: string) => text],
  });
});

function nameOf(row: Row): string {
  return isRequestRow(row) ? row.field : row.event;
}

/** `messages` of `messages[].content`. */
function fieldOf(name: string): string {
  return /^\w+/.exec(name)?.[0] ?? name;
}

function titleOf(each: Case): string {
  if ('golden' in each) return `the answer "${each.golden}"`;
  if ('test' in each) return `the test "${each.test}"`;
  if ('told' in each) return JSON.stringify(each.when).slice(0, 120);
  return JSON.stringify(each.sends).slice(0, 120);
}

function check(chapter: Chapter, each: Case): void {
  if ('told' in each) return checkFault(each);
  if ('test' in each)
    return assert.ok(
      readFileSync(new URL(each.file, project), 'utf8').includes(each.test),
      'the test exists',
    );
  assert.ok('dialect' in chapter, 'only a dialect has requests and answers');
  const { dialect, smallest } = chapter;
  if ('golden' in each) return checkGolden(chapter, each);
  if ('refused' in each) return assert.deepEqual(refusalOf(dialect, smallest, each), each.refused);
  const { upstream, warns = null, here = {} } = each;
  return assert.deepEqual(outcomeOf(dialect, smallest, each), { upstream, warns, here });
}

function checkGolden(
  { dialect, goldens }: DialectChapter,
  { golden, stream, never, reply }: GoldenCase,
): void {
  assert.ok(goldens.includes(golden), 'the goldens’ tests run it');
  const folder = new URL(`packages/wire/fixtures/${dialect.name}/`, project);
  const streamFile = new URL(`streams/${golden}.sse`, folder);
  assert.ok(existsSync(streamFile));
  if (stream !== undefined) assert.ok(readFileSync(streamFile, 'utf8').includes(stream), stream);
  if (never !== undefined) assert.ok(!readFileSync(streamFile, 'utf8').includes(never), never);
  if (reply === undefined) return;
  const told: unknown = JSON.parse(readFileSync(new URL(`replies/${golden}.json`, folder), 'utf8'));
  assert.ok(JSON.stringify(told).includes(reply));
}

/** Parts of the gateway's work that are not what a row is about: a history with calls always has them looked up. */
const asides: ReadonlySet<string> = new Set(['unknown', 'recallsCalls']);

/** The outcomes that the cases show. A golden and a test elsewhere show whatever is left to show. */
function shown(cases: readonly Case[], stated: readonly Outcome[]): ReadonlySet<Outcome> {
  const outcomes = new Set(cases.flatMap(outcomesOf));
  const left = cases.some((each) => 'golden' in each || 'test' in each) ? stated : [];
  return new Set([...outcomes, ...left]);
}

function outcomesOf(each: Case): readonly Outcome[] {
  if ('golden' in each || 'test' in each || 'told' in each) return [];
  if ('refused' in each) return ['400'];
  const { upstream, warns = '', here = {} } = each;
  const found: Outcome[] = [];
  if (Object.keys(upstream).length > 0) found.push('map');
  if (Object.keys(here).some((part) => !asides.has(part))) found.push('local');
  if (warns.includes('dropped=')) found.push('drop+warn');
  return found.length > 0 ? found : ['drop'];
}
