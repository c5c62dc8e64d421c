import { setting, withRules, type SettingRule } from '@codex-gateway/service-kit/config.ts';
import { Secret } from '@codex-gateway/service-kit/secret.ts';
import { z } from 'zod';

/** The public client id of openai/codex (login/src/auth/manager.rs). */
const CODEX_CLIENT_ID = 'app_EMoamEEZ73f0CkXaXp7hrann';
const MOST_SECRETS = 2;

/** A DNS label: an alias becomes a file name, and elsewhere part of a Secret's name. */
const ALIAS = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const CALLER = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?\/[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/;

const eachSetting = z.object({
  PORT: setting.port(8081),
  OPS_PORT: setting.port(9091),
  HOST: setting.text('127.0.0.1'),
  OAUTH_ISSUER: setting.url('https://auth.openai.com'),
  OAUTH_CLIENT_ID: setting.text(CODEX_CLIENT_ID),
  TOKEN_STORE: z.enum(['file', 'kubernetes'], 'must be file or kubernetes').default('file'),
  TOKEN_STORE_PATH: setting.optionalText(),
  TOKEN_STORE_SECRET_PREFIX: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,100}$/, 'must be the beginning of a Secret name: a-z, 0-9 and hyphens')
    .optional(),
  TOKEN_SPILL_PATH: z.string().startsWith('/', 'must be an absolute folder').optional(),
  AUTH_SEED_FILE: setting.optionalText(),
  CALLER_AUTH: z
    .enum(['shared_secret', 'service_account'], 'must be shared_secret or service_account')
    .default('shared_secret'),
  ALLOWED_CALLERS: z
    .string()
    .transform(listed)
    .refine((callers) => callers.every((caller) => CALLER.test(caller)), 'must be namespace/serviceaccount,…')
    .optional(),
  BROKER_SECRET: z
    .string()
    .transform(listed)
    .refine((secrets) => secrets.length <= MOST_SECRETS, 'must be one secret, or two while rotating')
    .refine(
      (secrets) => secrets.every((secret) => /^\S+$/.test(secret)),
      'has an empty secret or one with a blank',
    )
    .transform((secrets) => secrets.map((secret) => new Secret(secret)))
    .optional(),
  ADMIN_SECRET: z
    .string()
    .regex(/^\S+$/, 'must not hold a blank')
    .transform((value) => new Secret(value))
    .optional(),
  ON_IN_DOUBT: z.enum(['retry_once', 'hold'], 'must be retry_once or hold').default('retry_once'),
  INTENT_DEADLINE_SECONDS: setting.count(45, 1),
  ACCOUNTS: setting
    .text('default')
    .transform(listed)
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
  /** Set by Kubernetes in every pod. */
  KUBERNETES_SERVICE_HOST: setting.optionalText(),
  KUBERNETES_SERVICE_PORT: setting.port(443),
  KUBERNETES_ACCOUNT_FOLDER: setting.text('/var/run/secrets/kubernetes.io/serviceaccount'),
});

export type Settings = z.infer<typeof eachSetting>;

type Rules = readonly SettingRule<Settings>[];

/** What must fit together wherever the records are touched. */
const storeRules: Rules = [
  {
    // a container without HOME must be told where to keep its state
    setting: 'TOKEN_STORE_PATH',
    problem: 'must be an absolute folder when HOME is not set',
    isBroken: ({ HOME, TOKEN_STORE, TOKEN_STORE_PATH = '~' }) =>
      TOKEN_STORE === 'file' && HOME === undefined && TOKEN_STORE_PATH.startsWith('~'),
  },
  {
    setting: 'KUBERNETES_SERVICE_HOST',
    problem: 'TOKEN_STORE or CALLER_AUTH needs Kubernetes, and this is no pod',
    isBroken: ({ TOKEN_STORE, CALLER_AUTH, KUBERNETES_SERVICE_HOST }) =>
      (TOKEN_STORE === 'kubernetes' || CALLER_AUTH === 'service_account') &&
      KUBERNETES_SERVICE_HOST === undefined,
  },
  {
    setting: 'TOKEN_STORE_PATH',
    problem: 'must not be set: it belongs to TOKEN_STORE=file',
    isBroken: ({ TOKEN_STORE, TOKEN_STORE_PATH }) =>
      TOKEN_STORE === 'kubernetes' && TOKEN_STORE_PATH !== undefined,
  },
  {
    setting: 'TOKEN_STORE_SECRET_PREFIX',
    problem: 'must not be set: it belongs to TOKEN_STORE=kubernetes',
    isBroken: ({ TOKEN_STORE, TOKEN_STORE_SECRET_PREFIX }) =>
      TOKEN_STORE === 'file' && TOKEN_STORE_SECRET_PREFIX !== undefined,
  },
  {
    setting: 'TOKEN_SPILL_PATH',
    problem: 'must not be set: it belongs to TOKEN_STORE=kubernetes',
    isBroken: ({ TOKEN_STORE, TOKEN_SPILL_PATH }) => TOKEN_STORE === 'file' && TOKEN_SPILL_PATH !== undefined,
  },
];

/** What must fit together where callers are served. A setting that is set and would say nothing is a mistake about what is in force. */
const callerRules: Rules = [
  {
    setting: 'BROKER_SECRET',
    problem: 'required: the secret that callers send (or its file in BROKER_SECRET_FILE)',
    isBroken: ({ CALLER_AUTH, BROKER_SECRET }) =>
      CALLER_AUTH === 'shared_secret' && BROKER_SECRET === undefined,
  },
  {
    setting: 'ALLOWED_CALLERS',
    problem: 'required with CALLER_AUTH=service_account: namespace/serviceaccount,…',
    isBroken: ({ CALLER_AUTH, ALLOWED_CALLERS }) =>
      CALLER_AUTH === 'service_account' && ALLOWED_CALLERS === undefined,
  },
  {
    setting: 'BROKER_SECRET',
    problem: 'must not be set: it belongs to CALLER_AUTH=shared_secret',
    isBroken: ({ CALLER_AUTH, BROKER_SECRET }) =>
      CALLER_AUTH === 'service_account' && BROKER_SECRET !== undefined,
  },
  {
    setting: 'ALLOWED_CALLERS',
    problem: 'must not be set: it belongs to CALLER_AUTH=service_account',
    isBroken: ({ CALLER_AUTH, ALLOWED_CALLERS }) =>
      CALLER_AUTH === 'shared_secret' && ALLOWED_CALLERS !== undefined,
  },
  {
    setting: 'ADMIN_SECRET',
    problem: 'must differ from BROKER_SECRET: gateways must not be able to log in',
    // secrets that are wrong in themselves are still texts
    isBroken: ({ BROKER_SECRET = [], ADMIN_SECRET }) =>
      BROKER_SECRET.some((secret) => secret instanceof Secret && secret.reveal() === ADMIN_SECRET?.reveal()),
  },
];

/** The broker's environment, variable by variable and in what must fit together. */
export const settingsSchema = withRules(eachSetting, [...storeRules, ...callerRules]);

/** The same environment for a command that serves nobody. */
export const commandSettingsSchema = withRules(eachSetting, storeRules);

function listed(text: string): string[] {
  return text.split(',').map((entry) => entry.trim());
}
