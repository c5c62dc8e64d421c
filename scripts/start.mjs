// `npm start`: the whole stack on loopback, in one terminal, with in-memory stores.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { childEnvironments } from './start/environments.mjs';
import { chooseLogin, describeLogin } from './start/login.mjs';
import { choosePorts, isPortFree } from './start/ports.mjs';
import { commandsAsText, printedCommands } from './start/printed-commands.mjs';
import { createSupervisor } from './start/supervisor.mjs';
import { prepare, projectFolder, SetupError } from './toolchain.mjs';

const MODEL = 'gpt-5.5';
const ANSWER_LIMIT_MS = 30_000;
const POLL_MS = 50;
/** After this long without an access token we say what the broker says, and go on waiting. */
const EXPLAIN_AFTER_MS = 5_000;
/** npm hands the terminal's Ctrl-C to us a second time at once; a person takes longer. */
const SECOND_INTERRUPT_AFTER_MS = 500;

const USAGE = `npm start [-- --simulator]

Starts the gateway, the token broker and, where there is no Codex login, the simulator, on loopback. With
UPSTREAM_MODE=openai_api and OPENAI_API_KEY it is the gateway alone, in front of the OpenAI API.
  --simulator   take the simulator although there is a Codex login
Ports: PORT, OPS_PORT, AUTH_PORT, AUTH_OPS_PORT, SIMULATOR_PORT. API_KEY: the client key, else a fresh one.`;

process.exitCode = await main();

/** @returns {Promise<number>} the exit code */
async function main() {
  try {
    const { values } = parseArgs({
      options: { simulator: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
    });
    if (values.help) {
      console.log(USAGE);
      return 0;
    }
    const toolchain = prepare();
    const { ports, notes, problems } = await choosePorts(process.env, isPortFree);
    if (problems.length > 0) throw new SetupError(problems.join('\n'));
    const login = chooseLogin(process.env, { simulator: values.simulator });
    for (const line of [...notes, describeLogin(login), '']) console.log(line);
    return await runStack({ toolchain, ports, login });
  } catch (error) {
    if (!(error instanceof SetupError || error instanceof TypeError)) throw error;
    console.error(error.message);
    return 1;
  }
}

/**
 * @typedef {object} Plan
 * @property {import('./toolchain.mjs').Toolchain} toolchain
 * @property {Record<import('./start/ports.mjs').PortSetting, number>} ports
 * @property {import('./start/login.mjs').Login} login
 */

/**
 * Runs the stack until someone asks for its end or one part of it ends.
 * @param {Plan} plan
 */
async function runStack(plan) {
  const stateFolder = mkdtempSync(join(tmpdir(), 'codex-gateway-'));
  const supervisor = createSupervisor();
  const asked = whenAskedToEnd(supervisor.kill);
  try {
    const outcome = await Promise.race([
      asked,
      supervisor.firstEnded,
      startStack(plan, { stateFolder, supervisor }),
    ]);
    if (typeof outcome === 'string') return await endStack(outcome, supervisor);
    throw new SetupError(`${outcome.name} ${outcome.how}; its last lines above say why. The rest was ended.`);
  } finally {
    await supervisor.stop('SIGINT');
    rmSync(stateFolder, { recursive: true, force: true });
  }
}

/**
 * @param {() => void} kill what a second, later signal does
 * @returns {Promise<NodeJS.Signals>}
 */
function whenAskedToEnd(kill) {
  return new Promise((resolve) => {
    let firstAt = 0;
    for (const signal of /** @type {NodeJS.Signals[]} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
      process.on(signal, () => {
        if (firstAt === 0) firstAt = Date.now();
        else if (Date.now() - firstAt > SECOND_INTERRUPT_AFTER_MS) kill();
        resolve(signal);
      });
    }
  });
}

/**
 * @param {NodeJS.Signals} signal
 * @param {import('./start/supervisor.mjs').Supervisor} supervisor
 */
async function endStack(signal, supervisor) {
  console.log(signal === 'SIGTERM' ? '\nEnding when the running streams are done …' : '\nEnding …');
  const killed = await supervisor.stop(signal);
  if (killed.length === 0) return 0;
  console.error(`${killed.join(' and ')} did not end in time and had to be killed.`);
  return 1;
}

/**
 * Starts the parts in the order in which they need each other. Never resolves: a stack that runs goes on running.
 * @param {Plan} plan
 * @param {{ stateFolder: string, supervisor: import('./start/supervisor.mjs').Supervisor }} context
 * @returns {Promise<never>}
 */
async function startStack({ toolchain, ports, login }, { stateFolder, supervisor }) {
  const brokerSecret = randomBytes(32).toString('base64url');
  const apiKey = process.env['API_KEY'] || `sk-${randomBytes(32).toString('base64url')}`;
  const base = { ...toolchain.environment, NODE_COMPILE_CACHE: join(projectFolder, '.cache', 'compile') };
  const environments = childEnvironments({ base, ports, login, stateFolder, brokerSecret, apiKey });
  const start = async (/** @type {keyof typeof environments} */ name, /** @type {number} */ port) => {
    const args = [join('services', name, 'src', 'main.ts')];
    supervisor.start(name, {
      node: toolchain.node,
      args,
      folder: projectFolder,
      environment: environments[name],
    });
    await waitUntilItAnswers(name, port, supervisor);
  };
  if (login.kind === 'simulated') await start('simulator', ports.SIMULATOR_PORT);
  if (login.kind !== 'api_key') await start('auth', ports.AUTH_PORT);
  await start('gateway', ports.PORT);
  const url = `http://127.0.0.1:${ports.PORT}`;
  await waitUntilReady(url, { brokerUrl: `http://127.0.0.1:${ports.AUTH_PORT}`, brokerSecret, supervisor });
  printReady({ url, opsUrl: `http://127.0.0.1:${ports.OPS_PORT}`, apiKey });
  return new Promise(() => {});
}

/**
 * @param {string} name
 * @param {number} port
 * @param {import('./start/supervisor.mjs').Supervisor} supervisor
 */
async function waitUntilItAnswers(name, port, supervisor) {
  const deadline = Date.now() + ANSWER_LIMIT_MS;
  while ((await statusOf(`http://127.0.0.1:${port}/healthz`)) === undefined) {
    if (Date.now() > deadline)
      throw new SetupError(`${name} does not answer on port ${port}; its lines above say why.`);
    await pause(POLL_MS, undefined, { signal: supervisor.ending });
  }
}

/**
 * Waits until the gateway can serve. When that takes long the broker's reason is printed, once: the remedy (a new
 * login with Codex, say) takes effect while we wait.
 * @param {string} url
 * @param {{ brokerUrl: string, brokerSecret: string, supervisor: import('./start/supervisor.mjs').Supervisor }} context
 */
async function waitUntilReady(url, { brokerUrl, brokerSecret, supervisor }) {
  let explainAt = Date.now() + EXPLAIN_AFTER_MS;
  while ((await statusOf(`${url}/ready`)) !== 200) {
    if (Date.now() > explainAt) {
      explainAt = Infinity;
      console.log(`\nNot ready yet: ${await whyNotReady(brokerUrl, brokerSecret)}\n`);
    }
    await pause(POLL_MS, undefined, { signal: supervisor.ending });
  }
}

/**
 * @param {string} url
 * @returns {Promise<number | undefined>} undefined when nothing answers
 */
async function statusOf(url) {
  try {
    const response = await fetch(url);
    await response.body?.cancel();
    return response.status;
  } catch {
    return undefined; // not listening yet
  }
}

/**
 * @param {string} brokerUrl
 * @param {string} brokerSecret
 */
async function whyNotReady(brokerUrl, brokerSecret) {
  const response = await fetch(`${brokerUrl}/v1/tokens`, {
    method: 'POST',
    headers: { authorization: `Bearer ${brokerSecret}` },
  });
  if (!response.ok) return `the token broker answers ${response.status}`;
  const { unavailable } =
    /** @type {{ unavailable: { alias: string, state: string, message: string }[] }} */ (
      await response.json()
    );
  if (unavailable.length === 0) return 'the token broker has no account';
  return unavailable
    .map(({ alias, state, message }) => `account ${alias} is ${state}: ${message}`)
    .join('\n');
}

/** @param {{ url: string, opsUrl: string, apiKey: string }} stack */
function printReady({ url, opsUrl, apiKey }) {
  const rule = '─'.repeat(72);
  const commands = commandsAsText(printedCommands({ url, apiKey, model: MODEL }));
  const head = `Ready in ${process.uptime().toFixed(1)} s.\n\n  URL      ${url}\n  API key  ${apiKey}\n  Metrics  ${opsUrl}/metrics`;
  console.log(
    `\n${rule}\n${head}\n\nPaste into another terminal; Ctrl-C here ends everything.\n\n${commands}${rule}\n`,
  );
}
