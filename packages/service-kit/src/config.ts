import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { parseRedisAddress } from './redis-address.ts';
import { Secret } from './secret.ts';

/** The exit code of `EX_CONFIG` in sysexits.h: the configuration is at fault, a restart will not help. */
export const CONFIGURATION_EXIT_CODE = 78;

export type Environment = Readonly<Record<string, string | undefined>>;

/** One thing that is wrong with the configuration: the setting's name and a sentence. */
export interface ConfigProblem {
  readonly setting: string;
  readonly problem: string;
}

/** Thrown once with everything that is wrong, never with the first problem only. */
export class ConfigurationError extends Error {
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    super(problems.map(({ setting, problem }) => `${setting}: ${problem}`).join('\n'));
    this.name = 'ConfigurationError';
    this.problems = problems;
  }
}

/** Field schemas for settings: environment variables are text, and an empty one counts as unset. */
export const setting = {
  port: (fallback: number) => wholeNumber('must be a port number', 0, 65_535).default(fallback),
  count: (fallback: number, least = 0) =>
    wholeNumber(`must be a whole number of at least ${least}`, least).default(fallback),
  text: (fallback: string) => z.string().default(fallback),
  optionalText: () => z.string().optional(),
  url: (fallback: string) =>
    z
      .string()
      .refine(isHttpUrl, 'must be an http or https URL')
      .refine(hasNoCredentials, 'must not hold a user or a password')
      .default(fallback)
      .transform((url) => url.replace(/\/+$/, '')),
  proxyUrl: () => z.string().refine(isOrigin, 'must be an http or https URL without a path').optional(),
  /** It may hold a password, which prints as one. */
  redisUrl: () =>
    z
      .string()
      .transform((text, context) => {
        const address = parseRedisAddress(text);
        if (!address) context.issues.push({ code: 'custom', message: REDIS_FORMS, input: REDIS_FORMS });
        return address ?? z.NEVER;
      })
      .optional(),
  secret: () =>
    z
      .string()
      .transform((value) => new Secret(value))
      .optional(),
  logLevel: () =>
    z
      .preprocess(
        (value) => (value === 'warning' ? 'warn' : value),
        z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']),
      )
      .default('info'),
  logFormat: () =>
    z.preprocess((value) => (value === 'pretty' ? 'text' : value), z.enum(['json', 'text'])).default('json'),
};

const REDIS_FORMS =
  'must be redis://host:port/database, redis+sentinel://host,host/master or redis+cluster://host,host (rediss: with TLS)';

/** Settings that must fit together. */
export interface SettingRule<Settings> {
  /** The one that is blamed, unless it is wrong in itself already. */
  readonly setting: keyof Settings & string;
  readonly problem: string;
  /** Settings that are wrong in themselves may be absent here. */
  readonly isBroken: (settings: Partial<Settings>) => boolean;
}

/** The schema with rules that are checked whatever else is wrong, so that every problem is told at once. */
export function withRules<Schema extends z.ZodObject>(
  schema: Schema,
  rules: readonly SettingRule<z.infer<Schema>>[],
): Schema {
  return rules.reduce(
    (checked, { setting: name, problem, isBroken }) =>
      checked.refine((settings) => !isBroken(settings), {
        path: [name],
        error: problem,
        when: ({ issues }) => !issues.some(({ path }) => path?.[0] === name),
      }),
    schema,
  );
}

/** Decimal digits only: what JavaScript also takes for a number (`0x50`, `1e3`, a blank) is a slip of the hand here. */
function wholeNumber(problem: string, least: number, most = Number.MAX_SAFE_INTEGER) {
  return z
    .string()
    .regex(/^\d+$/, problem)
    .transform(Number)
    .pipe(z.number().min(least, problem).max(most, problem));
}

function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

/** A URL is printed with the configuration and in errors: it is no place for secrets. */
function hasNoCredentials(text: string): boolean {
  if (!URL.canParse(text)) return true; // refused already
  const { username, password } = new URL(text);
  return username === '' && password === '';
}

/** undici takes a proxy's origin and refuses anything behind it. */
function isOrigin(text: string): boolean {
  if (!isHttpUrl(text)) return false;
  const { pathname, search, hash } = new URL(text);
  return pathname === '/' && search === '' && hash === '';
}

/**
 * Reads settings from an environment by schema. For each name in `secrets`, `NAME_FILE` may point to a file that
 * holds the value (one trailing line break is cut).
 *
 * @throws ConfigurationError listing every problem
 */
export function readSettings<Schema extends z.ZodObject>(
  schema: Schema,
  environment: Environment,
  secrets: readonly string[] = [],
): z.infer<Schema> {
  const problems: ConfigProblem[] = [];
  const values: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) if (value) values[name] = value;
  for (const name of secrets) {
    const path = values[`${name}_FILE`];
    if (path === undefined) continue;
    if (values[name] !== undefined)
      problems.push({ setting: name, problem: `set together with ${name}_FILE; set one` });
    const content = readSecretFile(path);
    if (content.ok) values[name] = content.text;
    else problems.push({ setting: `${name}_FILE`, problem: content.problem });
  }
  const result = schema.safeParse(values);
  if (!result.success) problems.push(...result.error.issues.map(toProblem));
  if (problems.length > 0 || !result.success) throw new ConfigurationError(problems);
  return result.data;
}

function toProblem(issue: z.core.$ZodIssue): ConfigProblem {
  return { setting: issue.path.join('.') || 'environment', problem: issue.message };
}

function readSecretFile(path: string): { ok: true; text: string } | { ok: false; problem: string } {
  try {
    const text = readFileSync(path, 'utf8').replace(/\r?\n$/, '');
    return text === '' ? { ok: false, problem: `${path} is empty` } : { ok: true, text };
  } catch (error) {
    return { ok: false, problem: `cannot read ${path} (${errorCode(error)})` };
  }
}

/** The `code` of a Node system error (`ENOENT`), or its name: what may be said about an error without its text. */
export function errorCode(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
