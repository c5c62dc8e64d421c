import { join } from 'node:path';
import {
  ConfigurationError,
  readSettings,
  setting,
  type ConfigProblem,
  type Environment,
} from '@codex-gateway/service-kit/config.ts';
import { Secret } from '@codex-gateway/service-kit/secret.ts';
import { z } from 'zod';
import type { OnInDoubt } from './refresh-policy.ts';

export interface AuthConfig {
  readonly host: string;
  readonly port: number;
  readonly opsPort: number;
  readonly issuer: string;
  readonly clientId: string;
  readonly storePath: string;
  readonly seedPath: string | null;
  readonly borrowPath: string | null;
  /** The aliases that may exist; the first is the default. */
  readonly aliases: readonly string[];
  readonly brokerSecrets: readonly Secret[];
  readonly onInDoubt: OnInDoubt;
  readonly intentDeadlineMs: number;
  readonly httpsProxy: string | undefined;
  readonly noProxy: string | undefined;
  readonly logLevel: string;
  readonly logFormat: 'json' | 'text';
}

/** The public client id of openai/codex (login/src/auth/manager.rs). */
const CODEX_CLIENT_ID = 'app_EMoamEEZ73f0CkXaXp7hrann';
const MOST_SECRETS = 2;
/** A DNS label: an alias becomes a file name, and elsewhere part of a Secret's name. */
const ALIAS = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

const settingsSchema = z.object({
  PORT: setting.port(8081),
  OPS_PORT: setting.port(9091),
  HOST: setting.text('127.0.0.1'),
  OAUTH_ISSUER: setting.url('https://auth.openai.com'),
  OAUTH_CLIENT_ID: setting.text(CODEX_CLIENT_ID),
  TOKEN_STORE: z.literal('file', 'must be file: this version has no other store').default('file'),
  TOKEN_STORE_PATH: setting.optionalText(),
  TOKEN_STORE_SECRET_PREFIX: absent('it belongs to TOKEN_STORE=kubernetes, which this version does not have'),
  AUTH_SEED_FILE: setting.optionalText(),
  CALLER_AUTH: z
    .literal('shared_secret', 'must be shared_secret: this version has no other way')
    .default('shared_secret'),
  ALLOWED_CALLERS: absent('it belongs to CALLER_AUTH=service_account, which this version does not have'),
  BROKER_SECRET: z
    .string('required: the secret that callers send (or its file in BROKER_SECRET_FILE)')
    .transform((text) => text.split(',').map((secret) => secret.trim()))
    .refine((secrets) => secrets.length <= MOST_SECRETS, 'must be one secret, or two while rotating')
    .refine(
      (secrets) => secrets.every((secret) => /^\S+$/.test(secret)),
      'has an empty secret or one with a blank',
    )
    .transform((secrets) => secrets.map((secret) => new Secret(secret))),
  ADMIN_SECRET: absent('login over HTTP is not part of this version'),
  ON_IN_DOUBT: z.enum(['retry_once', 'hold'], 'must be retry_once or hold').default('retry_once'),
  INTENT_DEADLINE_SECONDS: setting.count(45, 1),
  ACCOUNTS: setting
    .text('default')
    .transform((text) => text.split(',').map((alias) => alias.trim()))
    .refine(
      (aliases) => aliases.every((alias) => ALIAS.test(alias)),
      'must be names of lower-case letters, digits and inner hyphens, at most 63 long, separated by commas',
    )
    .refine((aliases) => new Set(aliases).size === aliases.length, 'names an account twice'),
  HTTPS_PROXY: setting.proxyUrl(),
  https_proxy: setting.proxyUrl(),
  NO_PROXY: setting.optionalText(),
  no_proxy: setting.optionalText(),
  LOG_LEVEL: setting.logLevel(),
  LOG_FORMAT: setting.logFormat(),
  HOME: setting.optionalText(),
  CODEX_HOME: setting.optionalText(),
  CODEX_GATEWAY_CONTAINER: setting.optionalText(),
});

type Settings = z.infer<typeof settingsSchema>;

/**
 * The broker's configuration from its environment.
 *
 * @throws ConfigurationError listing every problem
 */
export function readConfig(environment: Environment): AuthConfig {
  const settings = readSettings(settingsSchema, environment, ['BROKER_SECRET']);
  const problems = homeProblems(settings);
  if (problems.length > 0) throw new ConfigurationError(problems);
  const atHome = (path: string) => path.replace(/^~(?=\/|$)/, settings.HOME ?? '~');
  return {
    host: settings.HOST,
    port: settings.PORT,
    opsPort: settings.OPS_PORT,
    issuer: settings.OAUTH_ISSUER,
    clientId: settings.OAUTH_CLIENT_ID,
    storePath: atHome(settings.TOKEN_STORE_PATH ?? '~/.codex-gateway/accounts'),
    seedPath: settings.AUTH_SEED_FILE === undefined ? null : atHome(settings.AUTH_SEED_FILE),
    borrowPath:
      settings.CODEX_GATEWAY_CONTAINER === '1'
        ? null
        : join(atHome(settings.CODEX_HOME ?? '~/.codex'), 'auth.json'),
    aliases: settings.ACCOUNTS,
    brokerSecrets: settings.BROKER_SECRET,
    onInDoubt: settings.ON_IN_DOUBT,
    intentDeadlineMs: settings.INTENT_DEADLINE_SECONDS * 1_000,
    httpsProxy: settings.HTTPS_PROXY ?? settings.https_proxy,
    noProxy: settings.NO_PROXY ?? settings.no_proxy,
    logLevel: settings.LOG_LEVEL,
    logFormat: settings.LOG_FORMAT,
  };
}

/** The effective configuration for people's eyes, without secrets, by the settings' names. */
export function describeConfig(config: AuthConfig): Record<string, unknown> {
  return {
    PORT: config.port,
    OPS_PORT: config.opsPort,
    HOST: config.host,
    OAUTH_ISSUER: config.issuer,
    OAUTH_CLIENT_ID: config.clientId,
    TOKEN_STORE: 'file',
    TOKEN_STORE_PATH: config.storePath,
    AUTH_SEED_FILE: config.seedPath,
    borrowedLogin: config.seedPath === null ? config.borrowPath : null,
    CALLER_AUTH: 'shared_secret',
    BROKER_SECRET: `${config.brokerSecrets.length} set`,
    ON_IN_DOUBT: config.onInDoubt,
    INTENT_DEADLINE_SECONDS: config.intentDeadlineMs / 1_000,
    ACCOUNTS: config.aliases.join(','),
    HTTPS_PROXY: config.httpsProxy === undefined ? null : new URL(config.httpsProxy).host,
    NO_PROXY: config.noProxy ?? null,
    LOG_LEVEL: config.logLevel,
    LOG_FORMAT: config.logFormat,
  };
}

/** A folder below the home needs one; a container without HOME must be told where to keep its state. */
function homeProblems({ HOME, TOKEN_STORE_PATH = '~' }: Settings): readonly ConfigProblem[] {
  if (HOME !== undefined || !TOKEN_STORE_PATH.startsWith('~')) return [];
  return [{ setting: 'TOKEN_STORE_PATH', problem: 'must be an absolute folder when HOME is not set' }];
}

function absent(why: string) {
  return z.undefined(`must not be set: ${why}`).optional();
}
