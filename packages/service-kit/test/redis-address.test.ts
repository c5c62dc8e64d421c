import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { parseRedisAddress, type RedisAddress } from '../src/redis-address.ts';

/** The address with its password in the open, so that it can be compared. */
function read(text: string) {
  const address = parseRedisAddress(text);
  return address && { ...address, password: address.password?.reveal() ?? null };
}

const plain = {
  kind: 'single',
  tls: false,
  username: null,
  password: null,
  hosts: [{ host: 'redis', port: 6379 }],
  masterName: null,
  database: 0,
} as const satisfies RedisAddress;

const addresses: Readonly<Record<string, object>> = {
  'redis://redis': plain,
  'redis://redis/': plain,
  'redis://redis:7000/3': { ...plain, hosts: [{ host: 'redis', port: 7000 }], database: 3 },
  'rediss://redis': { ...plain, tls: true },
  'redis://[::1]:7000': { ...plain, hosts: [{ host: '::1', port: 7000 }] },
  'redis://:word@redis': { ...plain, password: 'word' },
  'redis://team:p%40ss%3Aword@redis': { ...plain, username: 'team', password: 'p@ss:word' },
  'redis://team:odd@word@redis': { ...plain, username: 'team', password: 'odd@word' },
  'redis://team@redis': { ...plain, username: 'team' },
  'redis+sentinel://:word@one,two:7000/my-master': {
    ...plain,
    kind: 'sentinel',
    password: 'word',
    hosts: [
      { host: 'one', port: 26_379 },
      { host: 'two', port: 7000 },
    ],
    masterName: 'my-master',
  },
  'rediss+sentinel://one/master/2': {
    ...plain,
    kind: 'sentinel',
    tls: true,
    hosts: [{ host: 'one', port: 26_379 }],
    masterName: 'master',
    database: 2,
  },
  'redis+cluster://one,[fd00::2]:7000': {
    ...plain,
    kind: 'cluster',
    hosts: [
      { host: 'one', port: 6379 },
      { host: 'fd00::2', port: 7000 },
    ],
  },
};

for (const [text, address] of Object.entries(addresses)) {
  test(`${text} is understood`, () => assert.deepEqual(read(text), address));
}

const others = [
  '',
  'redis',
  'redis:6379',
  'http://redis',
  'redis+unix://redis',
  'redis://',
  'redis://one,two',
  'redis://redis:port',
  'redis://redis:99999',
  'redis://redis/name',
  'redis://redis?db=1',
  'redis://%zz@redis',
  'redis+sentinel://one',
  'redis+sentinel://one/',
  'redis+sentinel://one/master/name',
  'redis+cluster://one/1',
  'redis+cluster://one,,two',
];

for (const text of others) test(`"${text}" is no address`, () => assert.equal(parseRedisAddress(text), null));

test('an address prints without its password', () => {
  const address = parseRedisAddress('redis://team:canary@redis');
  assert.match(inspect(address, { depth: null }), /\[secret\]/);
  assert.equal(
    (inspect(address, { depth: null, showHidden: true }) + JSON.stringify(address)).includes('canary'),
    false,
  );
});
