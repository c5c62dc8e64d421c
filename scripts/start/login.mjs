// Whose login the stack runs on, or whose API key.
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * Where access tokens come from:
 * `simulated`: a login at the simulator, which also plays the backend;
 * `borrowed`: the Codex login of this machine: its access token is used, it is never refreshed and never written;
 * `adopted`: a login that was handed over with AUTH_SEED_FILE: the broker refreshes it and keeps its own record;
 * `api_key`: nowhere: UPSTREAM_MODE=openai_api has a key of its own, and no broker.
 * @typedef {{ kind: 'simulated' } | { kind: 'api_key' } | { kind: 'borrowed', path: string } | { kind: 'adopted', path: string }} Login
 */

/**
 * @param {Readonly<Record<string, string | undefined>>} environment
 * @param {{ simulator: boolean, exists?: (path: string) => boolean, home?: string }} options `simulator` forces it
 * @returns {Login}
 */
export function chooseLogin(environment, { simulator, exists = existsSync, home = homedir() }) {
  if (simulator) return { kind: 'simulated' };
  if (environment['UPSTREAM_MODE'] === 'openai_api') return { kind: 'api_key' };
  const seed = environment['AUTH_SEED_FILE'];
  if (seed) return { kind: 'adopted', path: seed };
  const path = join(environment['CODEX_HOME'] || join(home, '.codex'), 'auth.json');
  return exists(path) ? { kind: 'borrowed', path } : { kind: 'simulated' };
}

/**
 * What the stack says about the login when it starts.
 * @param {Login} login
 */
export function describeLogin(login) {
  switch (login.kind) {
    case 'simulated':
      return 'Backend: the simulator. Answers are made up; the services call nothing outside this machine.';
    case 'api_key':
      return 'Backend: the OpenAI API, with OPENAI_API_KEY. The gateway runs alone.';
    case 'borrowed':
      return (
        `Backend: ChatGPT/Codex, with the Codex login in ${login.path}. It is borrowed: its access token is used, it is\n` +
        'never refreshed and never written. `npm start -- --simulator` takes the simulator instead.'
      );
    case 'adopted':
      return (
        `Backend: ChatGPT/Codex, with the login in ${login.path} (AUTH_SEED_FILE). It is adopted: the broker refreshes it\n` +
        'from now on, so a Codex CLI that uses the same file is logged out at its next refresh.'
      );
  }
}
