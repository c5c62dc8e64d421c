import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode, type ConfigProblem } from '@codex-gateway/service-kit/config.ts';
import { parseAdoptableLogin, type AuthJson } from './oauth/auth-json.ts';
import type { AdoptableLogin } from './oauth/login.ts';

/** One `auth.json` that was set as a seed, as it stands now. A problem names the field, never its value. */
export interface Seed {
  readonly alias: string;
  readonly path: string;
  readonly login: AuthJson<AdoptableLogin>;
}

const EXTENSION = '.json';

/**
 * Reads the seeds at a path and changes nothing there: a file is the seed of `defaultAlias`, a folder holds one for
 * each alias, named like it with or without `.json`. Hidden entries and folders are passed over (a mounted Secret
 * has some).
 */
export async function scanSeeds(path: string, defaultAlias: string, now: number): Promise<readonly Seed[]> {
  try {
    if (!(await stat(path)).isDirectory()) return [await readSeed(defaultAlias, path, now)];
    const names = (await readdir(path)).filter((name) => !name.startsWith('.')).toSorted();
    const files = await Promise.all(
      names.map(async (name) => ((await stat(join(path, name))).isFile() ? [name] : [])),
    );
    const seeds = files.flat().map((name) => readSeed(aliasOf(name), join(path, name), now));
    return await Promise.all(seeds);
  } catch (error) {
    return [{ alias: defaultAlias, path, login: unreadable(error) }];
  }
}

async function readSeed(alias: string, path: string, now: number): Promise<Seed> {
  try {
    return { alias, path, login: parseAdoptableLogin(await readFile(path, 'utf8'), now) };
  } catch (error) {
    return { alias, path, login: unreadable(error) };
  }
}

function unreadable(error: unknown): Seed['login'] {
  return { ok: false, problem: `cannot be read (${errorCode(error)})` };
}

function aliasOf(name: string): string {
  return name.endsWith(EXTENSION) ? name.slice(0, -EXTENSION.length) : name;
}

/** What is wrong with the seeds at a path, sorted by whether a start must refuse it. */
export interface SeedProblems {
  /** An alias that `ACCOUNTS` does not list. */
  readonly unlisted: readonly ConfigProblem[];
  /** A file that holds no login: an account that has a record lives on without it. */
  readonly unreadable: readonly ConfigProblem[];
}

export async function findSeedProblems(path: string, aliases: readonly string[]): Promise<SeedProblems> {
  const seeds = await scanSeeds(path, aliases[0] ?? '', Date.now());
  return {
    unlisted: seeds.flatMap((seed) =>
      aliases.includes(seed.alias)
        ? []
        : [{ setting: 'ACCOUNTS', problem: `does not list "${seed.alias}", the account of ${seed.path}` }],
    ),
    unreadable: seeds.flatMap((seed) =>
      seed.login.ok ? [] : [{ setting: 'AUTH_SEED_FILE', problem: `${seed.path}: ${seed.login.problem}` }],
    ),
  };
}
