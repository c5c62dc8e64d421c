// One service as a child process.
import { spawn } from 'node:child_process';
import process from 'node:process';
import { prefixedLines } from './prefixed-lines.mjs';

const NAME_WIDTH = 'simulator'.length;
const COLOURS = /** @type {Record<string, number>} */ ({ gateway: 36, auth: 35, simulator: 33 });

/**
 * @typedef {object} Child
 * @property {string} name
 * @property {Promise<string>} ended how it ended, in words, once it has
 * @property {() => boolean} running
 * @property {(signal: NodeJS.Signals) => void} signal
 */

/**
 * Starts a service; its lines appear on our standard output under its name.
 *
 * It gets a process group of its own, so that a Ctrl-C in the terminal reaches only us: the gateway drains first,
 * while the broker and the simulator that its streams come from still run.
 * @param {string} name
 * @param {{ node: string, args: readonly string[], folder: string, environment: NodeJS.ProcessEnv }} options
 * @returns {Child}
 */
export function startChild(name, { node, args, folder, environment }) {
  const child = spawn(node, args, {
    cwd: folder,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: process.platform !== 'win32',
  });
  for (const stream of [child.stdout, child.stderr]) {
    const lines = prefixedLines(prefixOf(name), (text) => process.stdout.write(text));
    stream.on('data', lines.push).once('close', lines.end);
  }
  /** @type {Promise<string>} */
  const ended = new Promise((resolve) => {
    child.once('error', (error) => resolve(`could not be started (${error.message})`));
    child.once('close', (code, signal) =>
      resolve(signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`),
    );
  });
  return {
    name,
    ended,
    running: () => child.exitCode === null && child.signalCode === null,
    signal: (signal) => void child.kill(signal),
  };
}

/** @param {string} name */
function prefixOf(name) {
  const label = `${name.padEnd(NAME_WIDTH)} | `;
  const plain = !process.stdout.isTTY || process.env['NO_COLOR'];
  return plain ? label : `\u001b[${COLOURS[name] ?? 0}m${label}\u001b[0m`;
}
