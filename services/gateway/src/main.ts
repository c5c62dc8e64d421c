import { parseArgs } from 'node:util';
import { systemClock } from '@codex-gateway/service-kit/clock.ts';
import { CONFIGURATION_EXIT_CODE, ConfigurationError } from '@codex-gateway/service-kit/config.ts';
import { listen, ListenError } from '@codex-gateway/service-kit/lifecycle.ts';
import { createLogger } from '@codex-gateway/service-kit/logger.ts';
import express from 'express';
import { createGateway } from './app.ts';
import { readGatewayConfig, type GatewayConfig } from './config.ts';
import { drain, podDrain, terminalDrain, type DrainOptions } from './drain.ts';

try {
  const { values: options } = parseArgs({ options: { 'check-config': { type: 'boolean', default: false } } });
  const config = readGatewayConfig(process.env);
  if (options['check-config']) process.stdout.write(`${JSON.stringify(describe(config), null, 2)}\n`);
  else await serve(config);
} catch (error) {
  if (!(error instanceof ConfigurationError || error instanceof ListenError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(error instanceof ConfigurationError ? CONFIGURATION_EXIT_CODE : 1);
}

async function serve(config: GatewayConfig): Promise<void> {
  const clock = systemClock;
  const logger = createLogger({
    name: 'gateway',
    level: config.LOG_LEVEL,
    format: config.LOG_FORMAT,
    buffered: true,
  });
  if (config.keys.length === 0)
    logger.warn('no API key is set: everyone on this machine may use the gateway');
  const gateway = createGateway({ config, clock, logger });
  const shared = config.OPS_PORT === config.PORT && config.PORT !== 0; // 0 is any free port, for each its own
  const { server, port } = await listen(
    shared ? express().use(gateway.opsRoutes, gateway.routes) : gateway.routes,
    {
      host: config.HOST,
      port: config.PORT,
      setting: 'PORT',
    },
  );
  const ops = shared
    ? null
    : await listen(gateway.opsRoutes, { host: config.HOST, port: config.OPS_PORT, setting: 'OPS_PORT' });
  const stop = gateway.start();
  logger.info(
    { host: config.HOST, port, opsPort: ops?.port ?? port, mode: config.UPSTREAM_MODE },
    'gateway is listening',
  );

  const end = async (drainOptions: DrainOptions): Promise<void> => {
    gateway.startDraining();
    await drain({ server, open: gateway.open, clock, logger }, drainOptions);
    await stop();
    ops?.server.close();
    ops?.server.closeAllConnections();
  };
  // a listener that stays: without one a second signal would end the process and every stream with it
  let ending: Promise<void> | null = null;
  process.on('SIGTERM', () => void (ending ??= end(podDrain(config.DRAIN_SECONDS))));
  process.on('SIGINT', () => void (ending ??= end(terminalDrain)));
}

/** The effective configuration; secrets print as `[secret]`, keys as their ids. */
function describe({ keys, brokerCa, ...settings }: GatewayConfig): object {
  const { HTTPS_PROXY: proxy } = settings;
  return {
    ...settings,
    HTTPS_PROXY: proxy && new URL(proxy).host, // it may hold a password
    keys: keys.map(({ id, status }) => ({ id, status })),
    brokerCa: brokerCa !== undefined,
  };
}
