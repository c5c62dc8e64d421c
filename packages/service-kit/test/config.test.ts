import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { inspect } from 'node:util';
import { z } from 'zod';
import {
  ConfigurationError,
  errorCode,
  readSettings,
  setting,
  withRules,
  type Environment,
} from '../src/config.ts';

const schema = z.object({
  PORT: setting.port(8080),
  COUNT: setting.count(7, 2),
  NAME: setting.text('nobody'),
  OPTION: setting.optionalText(),
  URL: setting.url('http://127.0.0.1:1/'),
  TOKEN: setting.secret(),
  LOG_LEVEL: setting.logLevel(),
  LOG_FORMAT: setting.logFormat(),
});

function read(environment: Environment) {
  return readSettings(schema, environment, ['TOKEN']);
}

function problemsOf(environment: Environment): readonly string[] {
  try {
    read(environment);
  } catch (error) {
    assert.ok(error instanceof ConfigurationError);
    return error.problems.map(({ setting: name, problem }) => `${name}: ${problem}`);
  }
  return [];
}

function fileWith(t: TestContext, content: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'service-kit-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'secret');
  writeFileSync(path, content);
  return path;
}

const defaults = {
  PORT: 8080,
  COUNT: 7,
  NAME: 'nobody',
  URL: 'http://127.0.0.1:1',
  LOG_LEVEL: 'info',
  LOG_FORMAT: 'json',
};

test('an empty environment gives the defaults, and what is not a setting is left out', () => {
  assert.deepEqual(read({}), defaults);
  assert.deepEqual(read({ PATH: '/bin', HOME: '/nowhere' }), defaults);
});

test('an empty variable counts as unset', () => {
  assert.deepEqual(
    read({ PORT: '', COUNT: '', NAME: '', URL: '', TOKEN: '', LOG_LEVEL: '', LOG_FORMAT: '' }),
    defaults,
  );
});

test('values are read, a URL loses its trailing slashes, and the spoken forms of log settings are known', () => {
  const { TOKEN, ...rest } = read({
    PORT: '0',
    COUNT: '2',
    NAME: 'n',
    OPTION: 'o',
    URL: 'https://host/base//',
    TOKEN: 't',
    LOG_LEVEL: 'warning',
    LOG_FORMAT: 'pretty',
  });
  assert.equal(TOKEN?.reveal(), 't');
  assert.deepEqual(rest, {
    PORT: 0,
    COUNT: 2,
    NAME: 'n',
    OPTION: 'o',
    URL: 'https://host/base',
    LOG_LEVEL: 'warn',
    LOG_FORMAT: 'text',
  });
});

test('every problem is reported at once, each with the name of its variable', () => {
  const problems = problemsOf({
    PORT: '70000',
    COUNT: '1.5',
    URL: 'ftp://host',
    TOKEN_FILE: '/nowhere/token',
    LOG_LEVEL: 'loud',
    LOG_FORMAT: 'xml',
  });
  const names = new Set(problems.map((line) => line.split(':')[0]));
  assert.deepEqual(names, new Set(['PORT', 'COUNT', 'URL', 'TOKEN_FILE', 'LOG_LEVEL', 'LOG_FORMAT']));
  assert.equal(problems.length, 6);
  assert.ok(problems.includes('URL: must be an http or https URL'));
  assert.ok(problems.includes('TOKEN_FILE: cannot read /nowhere/token (ENOENT)'));
});

for (const port of ['-1', '65536', '80.5', 'http', '0x50', '1e3', ' 80', 'Infinity', 'NaN']) {
  test(`'${port}' is no port number`, () => {
    assert.deepEqual(
      problemsOf({ PORT: port }).map((line) => line.split(':')[0]),
      ['PORT'],
    );
  });
}

for (const count of ['1', '-2', '2.5', 'two', '0x10', '2e3', 'Infinity', '9007199254740993']) {
  test(`'${count}' is no count of at least two`, () => {
    assert.deepEqual(
      problemsOf({ COUNT: count }).map((line) => line.split(':')[0]),
      ['COUNT'],
    );
  });
}

test('a secret may stand in a file; one trailing line break is cut, no more', (t) => {
  assert.equal(read({ TOKEN_FILE: fileWith(t, 'value\n') }).TOKEN?.reveal(), 'value');
  assert.equal(read({ TOKEN_FILE: fileWith(t, 'value\r\n') }).TOKEN?.reveal(), 'value');
  assert.equal(read({ TOKEN_FILE: fileWith(t, ' value\n\n') }).TOKEN?.reveal(), ' value\n');
});

test('an empty secret file is a problem', (t) => {
  const path = fileWith(t, '\n');
  assert.deepEqual(problemsOf({ TOKEN_FILE: path }), [`TOKEN_FILE: ${path} is empty`]);
});

test('a secret that is set and also comes from a file is a problem', (t) => {
  const path = fileWith(t, 'value');
  assert.deepEqual(problemsOf({ TOKEN: 'other', TOKEN_FILE: path }), [
    'TOKEN: set together with TOKEN_FILE; set one',
  ]);
});

test('a file is read only for secrets', (t) => {
  assert.equal(read({ NAME_FILE: fileWith(t, 'value') }).NAME, 'nobody');
});

test('no secret shows in the error or in the settings', (t) => {
  const environment = {
    TOKEN: 'canary-1',
    TOKEN_FILE: fileWith(t, 'canary-2'),
    PORT: 'x',
  };
  try {
    read(environment);
    assert.fail('the settings are wrong');
  } catch (error) {
    assert.equal(inspect(error, { depth: null }).includes('canary'), false);
  }
  assert.equal(inspect(read({ TOKEN: 'canary-3' }), { showHidden: true }).includes('canary'), false);
});

test('what is said of an error is its code or its name, never its text', () => {
  assert.equal(errorCode(Object.assign(new Error('canary'), { code: 'ENOENT' })), 'ENOENT');
  assert.equal(errorCode(new RangeError('canary')), 'RangeError');
  assert.equal(errorCode(Object.assign(new Error('canary'), { code: 7 })), 'Error');
  assert.equal(errorCode('canary'), 'unknown');
});

test('what must fit together is judged even when something else is wrong, and blames one setting', () => {
  const ruled = withRules(schema, [
    {
      setting: 'NAME',
      problem: 'must not be root beside a TOKEN',
      isBroken: ({ NAME, TOKEN }) => NAME === 'root' && TOKEN !== undefined,
    },
    { setting: 'COUNT', problem: 'never told', isBroken: ({ COUNT }) => COUNT === 1 },
  ]);
  assert.throws(
    () => readSettings(ruled, { NAME: 'root', TOKEN: 't', PORT: 'x', COUNT: '1' }),
    new ConfigurationError([
      { setting: 'PORT', problem: 'must be a port number' },
      { setting: 'COUNT', problem: 'must be a whole number of at least 2' },
      { setting: 'NAME', problem: 'must not be root beside a TOKEN' },
    ]),
  );
});
