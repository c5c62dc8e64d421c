import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCommandLine, UsageError } from '../src/command-line.ts';

const parse = (line: string) => parseCommandLine(line.split(' ').filter((word) => word !== ''));

test('every command is understood; without one the broker is run', () => {
  const login = { name: 'login', how: 'device', alias: undefined, replace: false, out: undefined };
  const cases: readonly [string, object][] = [
    ['', { name: 'serve', checkConfig: false }],
    ['serve', { name: 'serve', checkConfig: false }],
    ['--check-config', { name: 'serve', checkConfig: true }],
    ['serve --check-config', { name: 'serve', checkConfig: true }],
    ['login', login],
    ['login --device --alias work', { ...login, alias: 'work' }],
    ['login --browser --replace', { ...login, how: 'browser', replace: true }],
    ['login --browser --out seed.json', { ...login, how: 'browser', out: 'seed.json' }],
    ['import auth.json', { name: 'import', file: 'auth.json', alias: undefined, replace: false }],
    ['import - --alias=work --replace', { name: 'import', file: '-', alias: 'work', replace: true }],
    ['logout', { name: 'logout', alias: undefined }],
    ['logout --alias work', { name: 'logout', alias: 'work' }],
    ['status', { name: 'status', json: false }],
    ['status --json', { name: 'status', json: true }],
    ['doctor', { name: 'doctor' }],
    ['help', { name: 'help' }],
    ['login --help', { name: 'help' }],
    ['-h', { name: 'help' }],
  ];
  for (const [line, expected] of cases) assert.deepEqual({ ...parse(line) }, expected, line);
});

test('what is not understood is a mistake of usage, and names the word', () => {
  const cases: readonly [string, RegExp][] = [
    ['log-in', /there is no command "log-in"/],
    ['--check', /'--check'/],
    ['serve now', /'now'/],
    ['login --device --browser', /--device or --browser/],
    ['login --device --out x', /--out belongs to login --browser/],
    ['login --browser --out x --alias work', /--out touches no account/],
    ['login --alias', /--alias/],
    ['import', /one FILE/],
    ['import a b', /one FILE/],
    ['logout work', /'work'/],
    ['status --yaml', /--yaml/],
    ['doctor --fix', /--fix/],
  ];
  for (const [line, problem] of cases)
    assert.throws(
      () => parse(line),
      (error) => error instanceof UsageError && problem.test(error.message),
      line,
    );
});
