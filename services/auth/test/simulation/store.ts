import type { Replacement, TokenRecord, TokenStore } from '../../src/store/token-store.ts';
import type { World } from './world.ts';

/** The one durable record, as a broker of this name reaches it: every call may fail before it arrives or after. */
export function storeOf(world: World, name: string): TokenStore {
  const call = <Result>(label: string, arrive: () => Result): Promise<Result> =>
    world.network.call({
      owner: name,
      label: `${name} ${label}`,
      arrive,
      unheard: [['the store is away', away]],
      lostAnswer: away,
      voidAt: null,
    });
  return {
    exclusive: world.options.exclusive,
    read: () => call('reads', () => ({ kind: 'record', ...world.stored })),
    replace: (_alias, expected, record) =>
      call(`writes ${describe(record)}`, () => write(world, expected, record)),
    checkWritable: async () => {},
    close: async () => {},
  };
}

function write(world: World, expected: string | null, record: TokenRecord): Replacement {
  if (world.stored.version !== expected) return { kind: 'conflict' };
  const version = String(Number(world.stored.version) + 1);
  world.stored = { version, record };
  world.everStored.add(record.accessToken.reveal());
  for (const process of world.processes)
    if (process?.holds === record.refreshToken.reveal()) process.holds = null;
  return { kind: 'stored', version };
}

function away(): never {
  throw Object.assign(new Error('the store is away'), { code: 'EIO' });
}

function describe({ refreshToken, intent, failure }: TokenRecord): string {
  const state = failure?.reason ?? (intent === null ? 'at rest' : `${intent.attempt} attempt announced`);
  return `${refreshToken.reveal()}, ${state}`;
}
