import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { test } from 'node:test';
import { runTests, testFiles } from '../test-run.mjs';
import { projectWith } from './project-with.ts';

test('test files are found wherever they lie, installed packages aside', (t) => {
  const folder = projectWith(t, {
    'packages/wire/test/chat/open.test.ts': '',
    'packages/wire/test/upstream-events.ts': '',
    'services/auth/test/refresh.test.ts': '',
    'scripts/test/ports.test.ts': '',
    'tests/clients/codex.test.ts': '',
    'tests/clients/node_modules/openai/own.test.ts': '',
  });
  assert.deepEqual(testFiles(folder), [
    'packages/wire/test/chat/open.test.ts',
    'scripts/test/ports.test.ts',
    'services/auth/test/refresh.test.ts',
    'tests/clients/codex.test.ts',
  ]);
});

test('a run fails when a test fails, when in a file no test ran and when there is no file', async (t) => {
  const folder = projectWith(t, {
    'fails.ts': `import { test } from 'node:test'; test('no', () => { throw new Error('no'); });`,
    'passes.ts': `import { test } from 'node:test'; test('yes', () => {});`,
    'empty.ts': '',
  });
  // inside a test run node's runner would report to the outer one
  const { NODE_TEST_CONTEXT: _outer, ...environment } = process.env;
  const run = async (files: readonly string[]) => {
    let report = '';
    const options = { node: process.execPath, environment, folder };
    const code = await runTests(files, { ...options, write: (text) => (report += text) });
    return { code, lastLine: report.trimEnd().split('\n').at(-1) };
  };
  assert.equal((await run(['fails.ts'])).code, 1);
  assert.equal((await run(['passes.ts'])).code, 0);
  assert.deepEqual(await run([]), { code: 1, lastLine: 'There is no test file.' });
  assert.deepEqual(await run(['passes.ts', 'empty.ts']), { code: 1, lastLine: 'No test ran in empty.ts.' });
});

test('a test finds a home of its own, which is gone afterwards', async (t) => {
  const folder = projectWith(t, {
    'home.ts': `import { test } from 'node:test'; test('at home', () => console.log('home is', process.env.HOME, process.env.CODEX_HOME));`,
  });
  const { NODE_TEST_CONTEXT: _outer, ...environment } = process.env;
  let report = '';
  await runTests(['home.ts'], {
    node: process.execPath,
    environment,
    folder,
    write: (text) => (report += text),
  });
  const [, home, codexHome] = /home is (\S+) (\S+)/.exec(report) ?? [];
  assert.ok(home !== undefined && home !== process.env['HOME']);
  assert.equal(codexHome, join(home, '.codex'));
  assert.equal(existsSync(home), false);
});
