import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import {
  CONFIGURATION_EXIT_CODE,
  ConfigurationError,
  errorCode,
  readSettings,
  setting,
} from '@codex-gateway/service-kit/config.ts';
import { ListenError } from '@codex-gateway/service-kit/lifecycle.ts';
import { createLogger } from '@codex-gateway/service-kit/logger.ts';
import { z } from 'zod';
import { createSimulator, DEFAULT_OPENAI_API_KEY } from './app.ts';

const DEFAULT_PORT = 8089;

const settingsSchema = z.object({
  PORT: setting.port(DEFAULT_PORT),
  HOST: setting.text('127.0.0.1'),
  ACCESS_TOKEN_SECONDS: setting.count(864_000, 1),
  OPENAI_API_KEY: setting.text(DEFAULT_OPENAI_API_KEY),
  INSTRUCTIONS: z.enum(['strict', 'lax']).default('strict'),
  DEVICE_AUTO_APPROVE: z.stringbool().default(false),
  LIST_SCENARIO_MODELS: z.stringbool().default(false),
  JOURNAL_LIMIT: setting.count(200),
  SEED_FILE: setting.optionalText(),
  LOG_LEVEL: setting.logLevel(),
  LOG_FORMAT: setting.logFormat(),
});

async function main(): Promise<void> {
  const settings = readSettings(settingsSchema, process.env);
  const log = createLogger({ name: 'simulator', level: settings.LOG_LEVEL, format: settings.LOG_FORMAT });
  const simulator = await createSimulator({
    host: settings.HOST,
    port: settings.PORT,
    // a restart must not mint the refresh tokens of the run before it again
    seed: `${process.pid}:${Date.now()}`,
    accessTokenSeconds: settings.ACCESS_TOKEN_SECONDS,
    openaiApiKey: settings.OPENAI_API_KEY,
    instructions: settings.INSTRUCTIONS,
    deviceAutoApprove: settings.DEVICE_AUTO_APPROVE,
    listScenarioModels: settings.LIST_SCENARIO_MODELS,
    journalLimit: settings.JOURNAL_LIMIT,
    onError: (error) => log.error({ err: error }, 'request failed'),
  });
  if (settings.SEED_FILE !== undefined) {
    mkdirSync(dirname(settings.SEED_FILE), { recursive: true });
    const login = JSON.stringify(simulator.control.login(), null, 2);
    writeFileSync(settings.SEED_FILE, `${login}\n`, { mode: 0o600 });
  }
  const { issuerUrl: issuer, backendUrl: backend, openaiUrl: openai } = simulator;
  log.info({ issuer, backend, openai }, 'simulator ready');
  const stop = (): void => {
    void simulator.close().then(() => log.info('simulator stopped'));
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

try {
  await main();
} catch (error) {
  if (error instanceof ConfigurationError || error instanceof ListenError) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = error instanceof ConfigurationError ? CONFIGURATION_EXIT_CODE : 1;
  } else {
    process.stderr.write(`simulator cannot start (${errorCode(error)})\n`);
    process.exitCode = 1;
  }
}
