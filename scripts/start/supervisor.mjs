// Keeps the children of `npm start` together: none outlives the others.
import { startChild } from './child.mjs';

/** Ctrl-C gives running streams 2 s; a process that still runs after this long does not end by itself. */
const INTERRUPT_LIMIT_MS = 5_000;

/** The order in which the stack ends: the gateway drains while what it depends on still answers. */
const ENDING_ORDER = ['gateway', 'auth', 'simulator'];

/**
 * @typedef {object} Supervisor
 * @property {(name: string, options: Parameters<typeof startChild>[1]) => void} start
 * @property {Promise<{ name: string, how: string }>} firstEnded the first child that ended
 * @property {(signal: NodeJS.Signals) => Promise<string[]>} stop ends all children: `SIGTERM` lets running streams
 *   finish, anything else gives them 2 s; answers the names of those that had to be killed
 * @property {() => void} kill ends all children at once
 * @property {AbortSignal} ending aborted when `stop` is called; from then on no child is started
 */

/** @returns {Supervisor} */
export function createSupervisor() {
  /** @type {import('./child.mjs').Child[]} */
  const children = [];
  const ending = new AbortController();
  /** @type {(ended: { name: string, how: string }) => void} */
  let reportEnded;
  /** @type {Promise<{ name: string, how: string }>} */
  const firstEnded = new Promise((resolve) => (reportEnded = resolve));
  return {
    start: (name, options) => {
      ending.signal.throwIfAborted();
      const child = startChild(name, options);
      children.push(child);
      void child.ended.then((how) => reportEnded({ name, how }));
    },
    firstEnded,
    ending: ending.signal,
    stop: async (signal) => {
      ending.abort();
      const killed = [];
      for (const name of ENDING_ORDER) {
        const child = children.find((candidate) => candidate.name === name);
        if (!child?.running()) continue;
        // only the gateway has streams to finish
        const drains = name === 'gateway' && signal === 'SIGTERM';
        if (!(await endChild(child, drains ? 'SIGTERM' : 'SIGINT', drains ? undefined : INTERRUPT_LIMIT_MS)))
          killed.push(name);
      }
      return killed;
    },
    kill: () => {
      for (const child of children) if (child.running()) child.signal('SIGKILL');
    },
  };
}

/**
 * @param {import('./child.mjs').Child} child
 * @param {NodeJS.Signals} signal
 * @param {number | undefined} limitMs
 * @returns {Promise<boolean>} whether it ended by itself
 */
async function endChild(child, signal, limitMs) {
  let timer;
  const late = new Promise((resolve) => {
    if (limitMs !== undefined) timer = setTimeout(() => resolve('late'), limitMs);
  });
  child.signal(signal);
  const inTime = (await Promise.race([child.ended, late])) !== 'late';
  clearTimeout(timer);
  if (!inTime) child.signal('SIGKILL');
  await child.ended;
  return inTime;
}
