import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import { createManualClock } from '@codex-gateway/testkit/manual-clock.ts';
import { startRedis, type TestRedis } from '@codex-gateway/testkit/redis.ts';
import { systemClock, type Clock } from '../src/clock.ts';
import { createLogger } from '../src/logger.ts';
import { parseRedisAddress } from '../src/redis-address.ts';
import { answersOf } from '../src/redis-connection.ts';
import { createRedis, RedisFailure, type RedisClient } from '../src/redis.ts';

const bounded = { timeout: 20_000 };
const DEADLINE = 50;
/** For the machine's own clock, however busy the machine is. */
const ROOMY_DEADLINE = 500;

type State = 'away' | 'back';

interface Tested {
  readonly redis: RedisClient;
  /** The kind of the failure of a command that sets a key, null when it is done. */
  readonly tries: () => Promise<string | null>;
  readonly until: (state: State) => Promise<void>;
  readonly log: () => string;
  /** Level and message of every line. */
  readonly said: () => readonly string[];
  readonly commands: readonly { readonly name: string; readonly failure: string | null }[];
}

/** A client of this Redis, started; it ends with the test. */
function clientOf(t: TestContext, url: string, clock: Clock = systemClock): Tested {
  const address = parseRedisAddress(url);
  assert.ok(address);
  const lines: string[] = [];
  const commands: { name: string; failure: string | null }[] = [];
  const changes = new EventEmitter();
  let state: State = 'back';
  const redis = createRedis({
    address,
    use: 'tests',
    deadlineMs: clock === systemClock ? ROOMY_DEADLINE : DEADLINE,
    clock,
    logger: createLogger({
      name: 'test',
      level: 'trace',
      format: 'json',
      destination: { write: (line) => void lines.push(line) },
    }),
    onCommand: ({ name, failure }) => void commands.push({ name, failure }),
    onChange: (isAway) => {
      state = isAway ? 'away' : 'back';
      changes.emit(state);
    },
  });
  t.after(redis.start());
  return {
    redis,
    commands,
    log: () => lines.join(''),
    said: () =>
      lines.map((line) => {
        const { level, msg } = JSON.parse(line) as { level: string; msg: string }; // every pino line has both
        return `${level} ${msg}`;
      }),
    until: async (wanted) => {
      if (state !== wanted) await once(changes, wanted);
    },
    tries: () =>
      redis
        .run('set', async (client) => client.set('key', 'value'))
        .then(
          () => null,
          (error: unknown) => {
            assert.ok(error instanceof RedisFailure, String(error));
            return error.kind;
          },
        ),
  };
}

/** With a clock that stands still: no deadline passes and no probe is sent but by the test's hand. */
async function world(t: TestContext) {
  const server: TestRedis = await startRedis(t);
  const clock = createManualClock();
  return { server, clock, ...clientOf(t, server.url, clock) };
}

test('commands that come while it connects are answered', bounded, async (t) => {
  const { redis, commands, said } = await world(t);
  const answers = await redis.run('both', async (client) =>
    answersOf(client.pipeline().set('key', 'value').get('key')),
  );
  assert.deepEqual(answers, ['OK', 'value']);
  assert.deepEqual(commands, [
    { name: 'ping', failure: null },
    { name: 'both', failure: null },
  ]);
  assert.deepEqual(said(), []);
});

test('an absent Redis is told once and delays nobody', bounded, async (t) => {
  const server = await startRedis(t);
  await server.kill();
  const { tries, until, said, log } = clientOf(t, server.url, createManualClock());
  await until('away');
  assert.deepEqual(await Promise.all([tries(), tries()]), ['open', 'open']);
  assert.deepEqual(said(), ['warn Redis is away']);
  assert.match(log(), /"use":"tests","reason":"unreachable","code":"ECONNREFUSED"/);
});

test('one that is killed fails at once, and works again when it is back', bounded, async (t) => {
  const { server, tries, until, said } = await world(t);
  assert.equal(await tries(), null);
  await server.kill();
  assert.equal(await tries(), 'unreachable');
  assert.equal(await tries(), 'open');
  await server.restart();
  await until('back');
  assert.equal(await tries(), null);
  assert.deepEqual(said(), ['warn Redis is away', 'info Redis is back']);
});

test('one that goes silent costs one deadline, and nothing while it is known', bounded, async (t) => {
  const { server, clock, tries, said, until } = await world(t);
  assert.equal(await tries(), null);
  server.pause();
  const [first, second] = [tries(), tries()];
  await new Promise(setImmediate); // sent
  clock.advance(DEADLINE);
  assert.deepEqual(await Promise.all([first, second]), ['deadline', 'deadline']);
  assert.equal(await tries(), 'open');
  clock.advance(1000);
  assert.equal(await tries(), 'open', 'the probe is under way');
  server.resume();
  await until('back');
  assert.equal(await tries(), null);
  assert.deepEqual(said(), ['warn Redis is away', 'info Redis is back']);
});

test('a connection on which nothing ever comes is given up for another one', bounded, async (t) => {
  const { url } = await startRedis(t);
  const { hostname, port } = new URL(url);
  const sockets: Socket[] = [];
  const swallower = createServer((socket) => {
    sockets.push(socket.on('error', () => {}));
    if (sockets.length === 1) return; // as behind a network that has lost its way
    socket.pipe(connect(Number(port), hostname)).pipe(socket);
  }).listen(0, '127.0.0.1');
  t.after(() => {
    swallower.close();
    for (const socket of sockets) socket.destroy();
  });
  await once(swallower, 'listening');
  const { port: gate } = swallower.address() as AddressInfo; // a TCP server has an address, not a path
  const { tries, until } = clientOf(t, `redis://127.0.0.1:${gate}`);
  await until('away');
  await until('back');
  assert.equal(await tries(), null);
  assert.equal(sockets.length, 2);
});

test('an answer that lies in the socket of a busy process has come in time', bounded, async (t) => {
  const { directUrl } = await startRedis(t);
  const { tries, commands } = clientOf(t, directUrl);
  assert.equal(await tries(), null);
  const asked = tries();
  await new Promise(setImmediate); // sent
  const end = performance.now() + ROOMY_DEADLINE + 50;
  while (performance.now() < end); // nothing else runs
  assert.equal(await asked, null);
  assert.deepEqual(
    commands.filter(({ failure }) => failure !== null),
    [],
  );
});

test('a wrong password is told without the password, and the right one gets in', bounded, async (t) => {
  const { url } = await startRedis(t);
  const { redis } = clientOf(t, url, createManualClock());
  const user = `user-${process.pid}`;
  const rights = [user, 'on', '>right-canary', '~*', '+@all'] as const;
  await redis.run('acl', async (client) => client.call('ACL', 'SETUSER', ...rights));
  const urlWith = (password: string): string =>
    Object.assign(new URL(url), { username: user, password }).href;
  const wrong = clientOf(t, urlWith('wrong-canary'), createManualClock());
  await wrong.until('away');
  assert.equal(await wrong.tries(), 'open');
  assert.match(wrong.log(), /"code":"WRONGPASS"/);
  assert.equal(wrong.log().includes('canary'), false);
  const right = clientOf(t, urlWith('right-canary'), createManualClock());
  assert.equal(await right.tries(), null);
  await redis.run('acl', async (client) => client.call('ACL', 'DELUSER', user));
});

test(
  'what Redis refuses fails by itself, is told once a minute, and does not make it away',
  bounded,
  async (t) => {
    const { redis, clock, tries, said, log } = await world(t);
    const odd = (): Promise<unknown> =>
      redis.run('odd', async (client) => client.call('CANARY', 'canary-text'));
    for (const wait of [0, 59_999, 1]) {
      clock.advance(wait);
      await assert.rejects(odd(), { name: 'RedisFailure', kind: 'refused', code: 'ERR' });
    }
    assert.equal(await tries(), null);
    assert.deepEqual(said(), ['warn Redis refuses commands', 'warn Redis refuses commands']);
    assert.equal(log().includes('canary-text'), false);
  },
);

test('one error among the answers of a pipeline is the error of all', bounded, async (t) => {
  const { redis } = await world(t);
  const asked = redis.run('mixed', async (client) =>
    answersOf(client.pipeline().set('key', 'text').lpush('key', 'more')),
  );
  await assert.rejects(asked, { kind: 'refused', code: 'WRONGTYPE' });
});
