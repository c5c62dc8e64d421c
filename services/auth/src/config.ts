import { join } from 'node:path';
import { readSettings, type Environment } from '@codex-gateway/service-kit/config.ts';
import type { Secret } from '@codex-gateway/service-kit/secret.ts';
import type { ApiServer } from './kubernetes/api-client.ts';
import type { OnInDoubt } from './refresh-policy.ts';
import { commandSettingsSchema, settingsSchema, type Settings } from './settings.ts';

const DEFAULT_STORE = '~/.codex-gateway/accounts';
const DEFAULT_SECRET_PREFIX = 'codex-auth-state-';

/** What every command needs to know: where the accounts are, and how to reach who keeps them. */
export interface CommandConfig {
  readonly host: string;
  readonly port: number;
  readonly issuer: string;
  readonly clientId: string;
  readonly store: StoreConfig;
  readonly seedPath: string | null;
  /** The aliases that may exist; the first is the default. */
  readonly aliases: readonly string[];
  /** With it a person may change the logins of a running broker; null: nobody may. */
  readonly adminSecret: Secret | null;
  readonly httpsProxy: string | undefined;
  readonly noProxy: string | undefined;
}

export interface AuthConfig extends CommandConfig {
  readonly opsPort: number;
  /** Where new tokens are kept on the way into a store that is far away. */
  readonly spillPath: string | null;
  readonly callers: CallersConfig;
  readonly borrowPath: string | null;
  readonly onInDoubt: OnInDoubt;
  readonly intentDeadlineMs: number;
  readonly logLevel: string;
  readonly logFormat: 'json' | 'text';
}

/** Where the durable records are: files of a folder, or Secrets of the pod's namespace. */
export type StoreConfig =
  | { readonly kind: 'file'; readonly folder: string }
  | { readonly kind: 'kubernetes'; readonly secretPrefix: string; readonly apiServer: ApiServer };

export type CallersConfig =
  | { readonly kind: 'shared_secret'; readonly secrets: readonly Secret[] }
  /** `namespace/serviceaccount` of each. */
  | {
      readonly kind: 'service_account';
      readonly allowed: readonly string[];
      readonly apiServer: ApiServer;
    };

const SECRETS = ['BROKER_SECRET', 'ADMIN_SECRET'];

/**
 * The broker's configuration from its environment.
 *
 * @throws ConfigurationError listing every problem
 */
export function readConfig(environment: Environment): AuthConfig {
  const settings = readSettings(settingsSchema, environment, SECRETS);
  return {
    ...commandConfigOf(settings),
    opsPort: settings.OPS_PORT,
    spillPath: settings.TOKEN_SPILL_PATH ?? null,
    callers: callersOf(settings),
    borrowPath:
      settings.CODEX_GATEWAY_CONTAINER === '1'
        ? null
        : join(atHome(settings, settings.CODEX_HOME ?? '~/.codex'), 'auth.json'),
    onInDoubt: settings.ON_IN_DOUBT,
    intentDeadlineMs: settings.INTENT_DEADLINE_SECONDS * 1_000,
    logLevel: settings.LOG_LEVEL,
    logFormat: settings.LOG_FORMAT,
  };
}

/**
 * What a command reads from the same environment; the secret of the callers may be missing.
 *
 * @throws ConfigurationError listing every problem
 */
export function readCommandConfig(environment: Environment): CommandConfig {
  return commandConfigOf(readSettings(commandSettingsSchema, environment, SECRETS));
}

function commandConfigOf(settings: Settings): CommandConfig {
  return {
    host: settings.HOST,
    port: settings.PORT,
    issuer: settings.OAUTH_ISSUER,
    clientId: settings.OAUTH_CLIENT_ID,
    store: storeOf(settings),
    seedPath: settings.AUTH_SEED_FILE === undefined ? null : atHome(settings, settings.AUTH_SEED_FILE),
    aliases: settings.ACCOUNTS,
    adminSecret: settings.ADMIN_SECRET ?? null,
    httpsProxy: settings.HTTPS_PROXY ?? settings.https_proxy,
    noProxy: settings.NO_PROXY ?? settings.no_proxy,
  };
}

function storeOf(settings: Settings): StoreConfig {
  const { TOKEN_STORE, TOKEN_STORE_PATH = DEFAULT_STORE, TOKEN_STORE_SECRET_PREFIX } = settings;
  if (TOKEN_STORE === 'file') return { kind: 'file', folder: atHome(settings, TOKEN_STORE_PATH) };
  const secretPrefix = TOKEN_STORE_SECRET_PREFIX ?? DEFAULT_SECRET_PREFIX;
  return { kind: 'kubernetes', secretPrefix, apiServer: apiServerOf(settings) };
}

function callersOf(settings: Settings): CallersConfig {
  const { CALLER_AUTH, BROKER_SECRET = [], ALLOWED_CALLERS = [] } = settings;
  if (CALLER_AUTH === 'shared_secret') return { kind: 'shared_secret', secrets: BROKER_SECRET };
  return { kind: 'service_account', allowed: ALLOWED_CALLERS, apiServer: apiServerOf(settings) };
}

function apiServerOf(settings: Settings): ApiServer {
  const { KUBERNETES_SERVICE_HOST: host = '', KUBERNETES_SERVICE_PORT: port } = settings;
  return {
    url: `https://${host.includes(':') ? `[${host}]` : host}:${port}`,
    accountFolder: settings.KUBERNETES_ACCOUNT_FOLDER,
  };
}

function atHome({ HOME = '~' }: Settings, path: string): string {
  return path.replace(/^~(?=\/|$)/, HOME);
}

/** The effective configuration for people's eyes, without secrets, by the settings' names. */
export function describeConfig(config: AuthConfig): Record<string, unknown> {
  return {
    PORT: config.port,
    OPS_PORT: config.opsPort,
    HOST: config.host,
    OAUTH_ISSUER: config.issuer,
    OAUTH_CLIENT_ID: config.clientId,
    TOKEN_STORE: config.store.kind,
    ...(config.store.kind === 'file'
      ? { TOKEN_STORE_PATH: config.store.folder }
      : { TOKEN_STORE_SECRET_PREFIX: config.store.secretPrefix, TOKEN_SPILL_PATH: config.spillPath }),
    AUTH_SEED_FILE: config.seedPath,
    borrowedLogin: config.seedPath === null ? config.borrowPath : null,
    CALLER_AUTH: config.callers.kind,
    ...(config.callers.kind === 'shared_secret'
      ? { BROKER_SECRET: `${config.callers.secrets.length} set` }
      : { ALLOWED_CALLERS: config.callers.allowed.join(',') }),
    ADMIN_SECRET: config.adminSecret === null ? null : 'set',
    ON_IN_DOUBT: config.onInDoubt,
    INTENT_DEADLINE_SECONDS: config.intentDeadlineMs / 1_000,
    ACCOUNTS: config.aliases.join(','),
    HTTPS_PROXY: config.httpsProxy === undefined ? null : new URL(config.httpsProxy).host,
    NO_PROXY: config.noProxy ?? null,
    LOG_LEVEL: config.logLevel,
    LOG_FORMAT: config.logFormat,
  };
}
