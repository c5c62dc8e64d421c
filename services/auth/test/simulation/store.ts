import type { Replacement, TokenRecord, TokenStore } from '../../src/store/token-store.ts';
import type { Spill } from '../../src/store/spill.ts';
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
    replace: (_alias, expected, record) => {
      if ('signedOut' in record) throw new Error('nobody signs out here');
      return call(`writes ${describe(record)}`, () => write(world, expected, record));
    },
    checkWritable: async () => {},
    close: async () => {},
  };
}

/** The folder of this place: a disk that does not fail, and that a killed broker leaves to the next one. */
export function spillOf(world: World, place: number): Spill | null {
  if (!world.options.spills) return null;
  return {
    put: async (_alias, spent, record) => void (world.spilled[place] = { spent: spent.reveal(), record }),
    find: async (_alias, spent) => {
      const kept = world.spilled[place];
      return kept?.spent === spent.reveal() ? kept.record : null;
    },
    drop: async () => void (world.spilled[place] = null),
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
