import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

/** The tools refuse I/O, clocks and chance in `src`: shown with files that break the rules, outside the real tree. */

const root = fileURLToPath(new URL('../../../', import.meta.url));
const wire = join(root, 'packages/wire');
const binaries = join(root, 'node_modules/.bin');

/** What nothing in `src` may say, and who refuses it. */
const compilerRefuses = {
  environment: 'export const home = process.env;',
  'a file': "import { readFileSync } from 'node:fs';\nexport const text = readFileSync;",
  'a file by its older name': "import { readFileSync } from 'fs';\nexport const text = readFileSync;",
  'a timer': 'export const later = setTimeout;',
  'a request': "export const answer = fetch('http://localhost/');",
  'a socket': "export const socket = new WebSocket('ws://localhost/');",
  'a log': "console.log('hello');\nexport {};",
  'a buffer': "export const bytes = Buffer.from('hello');",
  'random bytes': 'export const id = crypto.randomUUID();',
  'another clock': 'export const now = performance.now();',
} as const;

const linterRefuses = {
  'the time': 'export const now = (): number => Date.now();',
  'a date': 'export const today = (): string => new Date().toISOString();',
  chance: 'export const dice = (): number => Math.random();',
  'chance by another name': 'const { random } = Math;\nexport const dice = random;',
  'the time around a corner': 'export const now = (): number => globalThis.Date.now();',
  'a module of Node': "import { readFileSync } from 'node:fs';\nexport const text = readFileSync;",
} as const;

const fine = 'export const sum = (a: number, b: number): number => a + b;\n';

function fileOf(breach: string): string {
  return `${breach.replaceAll(' ', '-')}.ts`;
}

/** Runs a tool that reports on its standard output; an exit code other than 0 is expected. */
async function reportOf(tool: string, args: readonly string[], folder: string): Promise<string> {
  const path = `${binaries}${delimiter}${process.env['PATH'] ?? ''}`;
  return new Promise((resolve) => {
    execFile(join(binaries, tool), args, { cwd: folder, env: { ...process.env, PATH: path } }, (_, stdout) =>
      resolve(stdout),
    );
  });
}

async function writeBreaches(folder: string, breaches: Readonly<Record<string, string>>): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'fine.ts'), fine);
  await Promise.all(
    Object.entries(breaches).map(([breach, code]) => writeFile(join(folder, fileOf(breach)), `${code}\n`)),
  );
}

describe('the compiler keeps the outside world away', () => {
  let folder: string;
  let report: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wire-wall-'));
    await writeBreaches(folder, compilerRefuses);
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
    // The real sources are part of the program: a dependency that brings Node's types with it would open the wall.
    const config = { extends: join(wire, 'tsconfig.json'), include: [join(wire, 'src'), './*.ts'] };
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config));
    report = await reportOf('tsc', ['-p', 'tsconfig.json', '--pretty', 'false'], folder);
  });
  after(() => rm(folder, { recursive: true }));

  for (const breach of Object.keys(compilerRefuses)) {
    test(`${breach} does not compile`, () => {
      const errors = report.split('\n').filter((line) => line.startsWith(`${fileOf(breach)}(`));
      assert.ok(
        errors.some((line) => / error TS\d+: Cannot find (name|module) /.test(line)),
        report,
      );
    });
  }

  test('ordinary code compiles', () => {
    assert.doesNotMatch(report, /^fine\.ts/m);
  });
});

describe('the linter refuses what the language itself brings', () => {
  let folder: string;
  let report: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wire-wall-'));
    await copyFile(join(root, '.oxlintrc.json'), join(folder, '.oxlintrc.json'));
    await writeBreaches(join(folder, 'packages/wire/src'), linterRefuses);
    report = await reportOf('oxlint', ['--deny-warnings', '--format', 'unix', '.'], folder);
  });
  after(() => rm(folder, { recursive: true }));

  for (const breach of Object.keys(linterRefuses)) {
    test(`${breach} is refused`, () => {
      const errors = report
        .split('\n')
        .filter((line) => line.includes(`packages/wire/src/${fileOf(breach)}:`));
      assert.ok(
        errors.some((line) => /no-restricted-(globals|properties|imports)/.test(line)),
        report,
      );
    });
  }

  test('ordinary code passes', () => {
    assert.doesNotMatch(report, /fine\.ts/);
  });
});
