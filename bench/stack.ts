import { fileURLToPath } from 'node:url';
import { newLogin, startBroker } from './login.ts';
import { startService, type Service } from './processes.ts';

/** What is measured has a core to itself; simulator and load share the other one. */
export const MEASURED_CORE = 0;
const OTHER_CORE = 1;
export const API_KEY = 'sk-bench';

export interface Stack {
  readonly gateway: Service;
  /** The simulator's backend, and a token that it takes. */
  readonly codexUrl: string;
  readonly accessToken: string;
  readonly stop: () => Promise<void>;
}

/** A gateway in front of the simulator, with these settings beside the usual ones. */
export async function startStack(environment: Readonly<Record<string, string>> = {}): Promise<Stack> {
  const simulator = await startService(pathOf('../services/simulator/src/main.ts'), OTHER_CORE, {
    LOG_LEVEL: 'error',
  });
  const codexUrl = `${simulator.url}/backend-api/codex`;
  const login = await newLogin(simulator.url);
  const broker = await startBroker(login);
  const gateway = await startService(pathOf('../services/gateway/src/main.ts'), MEASURED_CORE, {
    OPS_PORT: '0',
    API_KEY,
    BROKER_URL: broker.url,
    CODEX_BASE_URL: codexUrl,
    LOG_LEVEL: 'error',
    ...environment,
  });
  return {
    gateway,
    codexUrl,
    accessToken: login.accessToken,
    stop: async () => {
      await Promise.all([simulator.stop(), gateway.stop()]);
      broker.close();
    },
  };
}

export function pathOf(relative: string): string {
  return fileURLToPath(new URL(relative, import.meta.url));
}
