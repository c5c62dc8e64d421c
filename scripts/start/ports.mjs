// Which ports the parts of the stack listen on.
import { createServer } from 'node:net';

/** Every port of the stack: the setting that chooses it, what is taken when it is not set, and what listens there. */
const portSettings = /** @type {const} */ ([
  { setting: 'PORT', fallback: 8080, what: 'the gateway' },
  { setting: 'OPS_PORT', fallback: 9090, what: "the gateway's metrics" },
  { setting: 'AUTH_PORT', fallback: 8081, what: 'the token broker' },
  { setting: 'AUTH_OPS_PORT', fallback: 9091, what: "the token broker's metrics" },
  { setting: 'SIMULATOR_PORT', fallback: 8089, what: 'the simulator' },
]);

const HIGHEST_PORT = 65_535;

/** @typedef {(typeof portSettings)[number]['setting']} PortSetting */

/**
 * Chooses a port for every setting: the one that is set, else its default, else the next free one after the default
 * that no other setting has as its own. `PORT` and `OPS_PORT` may be equal: one listener then serves both.
 * @param {Readonly<Record<string, string | undefined>>} environment
 * @param {(port: number) => Promise<boolean>} isFree
 * @returns {Promise<{ ports: Record<PortSetting, number>, notes: string[], problems: string[] }>} a note for each default
 *   that was busy, a problem for each set port that cannot be had
 */
export async function choosePorts(environment, isFree) {
  /** @type {Map<PortSetting, number>} */
  const chosen = new Map();
  const notes = [];
  const problems = [];
  for (const { setting, what } of portSettings) {
    const text = environment[setting];
    if (!text) continue;
    const problem = await problemWithSetPort({ setting, text, what }, chosen, isFree);
    if (problem) problems.push(problem);
    chosen.set(setting, Number(text));
  }
  for (const { setting, fallback, what } of portSettings) {
    if (chosen.has(setting)) continue;
    const port = await nextFree(fallback, new Set(chosen.values()), isFree);
    if (port === undefined)
      problems.push(`no port from ${fallback} on is free for ${what}; choose one with ${setting}`);
    else if (port !== fallback)
      notes.push(`port ${fallback} is in use: ${what} takes ${port} (choose with ${setting})`);
    chosen.set(setting, port ?? fallback);
  }
  const ports = /** @type {Record<PortSetting, number>} every setting was given a port above */ (
    Object.fromEntries(chosen)
  );
  return { ports, notes, problems };
}

/**
 * @param {{ setting: PortSetting, text: string, what: string }} wish
 * @param {ReadonlyMap<PortSetting, number>} chosen
 * @param {(port: number) => Promise<boolean>} isFree
 */
async function problemWithSetPort({ setting, text, what }, chosen, isFree) {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port < 1 || port > HIGHEST_PORT)
    return `${setting}: ${text} is not a port (1 to ${HIGHEST_PORT})`;
  const twin = [...chosen].find(([, taken]) => taken === port)?.[0];
  if (twin === 'PORT' && setting === 'OPS_PORT') return undefined;
  if (twin !== undefined) return `${setting}: port ${port} is also what ${twin} says; each needs its own`;
  if (await isFree(port)) return undefined;
  return `port ${port} is already in use, so ${what} cannot listen there; choose another with ${setting}`;
}

/**
 * @param {number} fallback
 * @param {ReadonlySet<number>} taken
 * @param {(port: number) => Promise<boolean>} isFree
 */
async function nextFree(fallback, taken, isFree) {
  const ofOthers = /** @type {number[]} */ (portSettings.map((row) => row.fallback)).filter(
    (port) => port !== fallback,
  );
  for (let port = fallback; port <= fallback + 100; port += 1) {
    if (!taken.has(port) && !ofOthers.includes(port) && (await isFree(port))) return port;
  }
  return undefined;
}

/**
 * Whether a port on loopback can be listened on right now.
 * @param {number} port
 * @returns {Promise<boolean>}
 */
export function isPortFree(port) {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => probe.close(() => resolve(true)));
  });
}
