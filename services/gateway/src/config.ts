import { readFileSync } from 'node:fs';
import {
  ConfigurationError,
  errorCode,
  readSettings,
  setting,
  withRules,
  type ConfigProblem,
  type Environment,
  type SettingRule,
} from '@codex-gateway/service-kit/config.ts';
import { z } from 'zod';
import { apiKeyFromText, readKeysFile, type ApiKey } from './keys/api-keys.ts';
import { noChoices, readChoicesFile, type OperatorChoices } from './operator-choices.ts';

const DEFAULT_HOST = '127.0.0.1';
const loopback = new Set([DEFAULT_HOST, 'localhost', '::1']);

const eachSetting = z.object({
  PORT: setting.port(8080),
  OPS_PORT: setting.port(9090),
  HOST: setting.text(DEFAULT_HOST),
  UPSTREAM_MODE: z
    .enum(['codex_oauth', 'openai_api'], 'must be codex_oauth or openai_api')
    .default('codex_oauth'),
  CODEX_BASE_URL: setting.url('https://chatgpt.com/backend-api/codex'),
  CODEX_CLIENT_VERSION: z
    .string()
    .regex(/^\d+\.\d+\.\d+$/, 'must look like 0.169.0')
    .default('0.169.0'),
  OPENAI_BASE_URL: setting.url('https://api.openai.com/v1'),
  OPENAI_API_KEY: setting.secret(),
  BROKER_URL: setting.url('http://127.0.0.1:8081'),
  BROKER_SECRET: setting.secret(),
  BROKER_TOKEN_FILE: setting.optionalText(),
  BROKER_CA_FILE: setting.optionalText(),
  REDIS_URL: setting.redisUrl(),
  REDIS_PASSWORD: setting.secret(),
  API_KEYS_FILE: setting.optionalText(),
  CONFIG_FILE: setting.optionalText(),
  API_KEY: setting.secret(),
  MODELS_CACHE_TTL_SECONDS: setting.count(300),
  MAX_CONCURRENT_REQUESTS: setting.count(1000, 1),
  MAX_BODY_BYTES: setting.count(33_554_432, 1024),
  UPSTREAM_IDLE_TIMEOUT_SECONDS: setting.count(300, 1),
  UPSTREAM_CONNECT_TIMEOUT_SECONDS: setting.count(10, 1),
  REQUEST_TIMEOUT_SECONDS: setting.count(3600, 1),
  CONVERSATION_TTL_SECONDS: setting.count(3600),
  STREAM_HEARTBEAT_SECONDS: setting.count(15, 1),
  DRAIN_SECONDS: setting.count(570),
  FETCH_CLIENT_URLS: z.enum(['never', 'inline'], 'must be never or inline').default('never'),
  HTTPS_PROXY: setting.proxyUrl(),
  NO_PROXY: setting.optionalText(),
  LOG_LEVEL: setting.logLevel(),
  LOG_FORMAT: setting.logFormat(),
});

type Settings = z.infer<typeof eachSetting>;

const rules: readonly SettingRule<Settings>[] = [
  {
    setting: 'OPENAI_API_KEY',
    problem: 'is needed with UPSTREAM_MODE=openai_api',
    isBroken: ({ UPSTREAM_MODE, OPENAI_API_KEY }) =>
      UPSTREAM_MODE === 'openai_api' && OPENAI_API_KEY === undefined,
  },
  {
    setting: 'OPENAI_API_KEY',
    problem: 'must be one line without spaces', // what cannot stand in a header would fail with every request
    isBroken: ({ UPSTREAM_MODE, OPENAI_API_KEY }) =>
      UPSTREAM_MODE === 'openai_api' && !/^[\x21-\x7e]*$/.test(OPENAI_API_KEY?.reveal() ?? ''),
  },
  {
    setting: 'HOST',
    problem: 'beyond loopback an API key is needed: set API_KEYS_FILE or API_KEY',
    isBroken: ({ HOST, API_KEYS_FILE, API_KEY }) =>
      HOST !== undefined && !loopback.has(HOST) && API_KEYS_FILE === undefined && API_KEY === undefined,
  },
  {
    setting: 'BROKER_TOKEN_FILE',
    problem: 'set together with BROKER_SECRET; set one',
    isBroken: ({ BROKER_SECRET, BROKER_TOKEN_FILE }) =>
      BROKER_SECRET !== undefined && BROKER_TOKEN_FILE !== undefined,
  },
  {
    setting: 'REDIS_PASSWORD',
    problem: 'set together with a password in REDIS_URL; set one',
    isBroken: ({ REDIS_URL, REDIS_PASSWORD }) => Boolean(REDIS_URL?.password && REDIS_PASSWORD),
  },
];

const schema = withRules(eachSetting, rules);
const secrets = ['OPENAI_API_KEY', 'BROKER_SECRET', 'REDIS_URL', 'REDIS_PASSWORD', 'API_KEY'];

/** Settings of the design that this version does not have: refused, so that nobody believes they are in force. */
const notYet = ['REDIS_FAILURE_MODE', 'REPLICAS', 'ACCOUNT_CONCURRENCY', 'OTEL_EXPORTER_OTLP_ENDPOINT'];

export type GatewayConfig = Readonly<Settings> & {
  /** The keys at start; the file is watched from then on. Empty: open to everyone on loopback. */
  readonly keys: readonly ApiKey[];
  readonly brokerCa: string | undefined;
  /** What `CONFIG_FILE` says. */
  readonly choices: OperatorChoices;
};

/**
 * Reads and checks the whole configuration.
 *
 * @throws ConfigurationError with every problem at once
 */
export function readGatewayConfig(environment: Environment): GatewayConfig {
  const problems: ConfigProblem[] = notYet
    .filter((name) => environment[name])
    .map((name) => ({ setting: name, problem: 'not supported by this version' }));
  const proxies = {
    HTTPS_PROXY: environment['HTTPS_PROXY'] || environment['https_proxy'],
    NO_PROXY: environment['NO_PROXY'] || environment['no_proxy'],
  };
  const settings = collect(problems, () => readSettings(schema, { ...environment, ...proxies }, secrets));
  const keys = collect(problems, () => readKeys(environment, settings));
  const choices = collect(problems, () => readChoices(environment['CONFIG_FILE']));
  const brokerCa = collect(problems, () => readText('BROKER_CA_FILE', environment));
  collect(problems, () => readText('BROKER_TOKEN_FILE', environment)); // it is read again for every call
  if (!settings || !keys || !choices || problems.length > 0) throw new ConfigurationError(problems);
  return { ...settings, keys, brokerCa, choices };
}

function collect<Value>(problems: ConfigProblem[], read: () => Value): Value | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    problems.push(...error.problems);
    return undefined;
  }
}

function readKeys(environment: Environment, settings: Settings | undefined): readonly ApiKey[] {
  const path = environment['API_KEYS_FILE'];
  const single = settings?.API_KEY ? [apiKeyFromText('default', settings.API_KEY.reveal())] : [];
  if (!path) return single;
  const result = readKeysFile(path);
  if (!result.ok) {
    throw new ConfigurationError(result.problems.map((problem) => ({ setting: 'API_KEYS_FILE', problem })));
  }
  return [...single, ...result.keys];
}

function readChoices(path: string | undefined): OperatorChoices {
  if (!path) return noChoices;
  const result = readChoicesFile(path);
  if (result.ok) return result.choices;
  throw new ConfigurationError(result.problems.map((problem) => ({ setting: 'CONFIG_FILE', problem })));
}

function readText(name: string, environment: Environment): string | undefined {
  const path = environment[name];
  if (!path) return undefined;
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new ConfigurationError([{ setting: name, problem: `cannot read ${path} (${errorCode(error)})` }]);
  }
}
