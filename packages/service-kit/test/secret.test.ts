import assert from 'node:assert/strict';
import { Console } from 'node:console';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { format as printf, inspect } from 'node:util';
import { createLogger } from '../src/logger.ts';
import { Secret } from '../src/secret.ts';

const value = 'sk-canary-7f3a';
const secret = new Secret(value);

test('only reveal() gives the value', () => {
  assert.equal(secret.reveal(), value);
});

const printers: Readonly<Record<string, () => string>> = {
  'String()': () => String(secret),
  concatenation: () => ''.concat(String(secret), '!'),
  'array join': () => [secret, 'x'].join(),
  JSON: () => JSON.stringify({ secret, list: [secret] }),
  inspect: () => inspect(secret),
  'inspect of everything': () => inspect({ deep: { secret } }, { showHidden: true, depth: null }),
  'inspect without custom functions': () => inspect(secret, { customInspect: false, showHidden: true }),
  'format %s': () => printf('%s', secret),
  'format %o': () => printf('%o', secret),
  'format %j': () => printf('%j', secret),
  'error message': () => inspect(new Error(`bad ${String(secret)}`, { cause: secret })),
  'object entries': () => inspect(Object.entries(secret)),
  'a copy of its members': () => inspect(Object.assign({}, secret)),
  'structured clone': () => inspect(structuredClone(secret)),
  'assertion message': () => {
    try {
      assert.deepEqual({ secret }, { secret: 'other' });
      return '';
    } catch (error) {
      return inspect(error);
    }
  },
};

for (const [way, print] of Object.entries(printers)) {
  test(`a secret does not print by way of ${way}`, () => {
    assert.ok(!print().includes('canary'), print());
  });
}

test('a secret does not print in a console line', () => {
  const out = new PassThrough();
  new Console(out).log('%s %o', secret, { secret }, secret);
  assert.equal(String(out.read()).includes('canary'), false);
});

for (const format of ['json', 'text'] as const) {
  test(`a secret does not print in a log line of format ${format}, wherever it stands`, async () => {
    const destination = new PassThrough();
    const logger = createLogger({ name: 'test', level: 'trace', format, destination });
    logger.info(secret, 'bare');
    logger.info({ secret, deep: { list: [secret] } }, 'fields');
    logger.error({ err: new Error('cause', { cause: secret }) }, 'cause');
    logger.child({ secret }).warn('child %s', secret);
    logger.info('the end');
    const lines = await untilLine(destination, 'the end');
    assert.match(lines, /bare[^]*fields[^]*cause[^]*child/);
    assert.equal(lines.includes('canary'), false, lines);
  });
}

/** Everything that was logged before the line with `lastWords`. */
async function untilLine(stream: PassThrough, lastWords: string): Promise<string> {
  let text = '';
  for await (const chunk of stream) {
    text += String(chunk);
    if (text.includes(lastWords)) break;
  }
  return text;
}
