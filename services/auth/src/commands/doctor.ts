import { systemClock } from '@codex-gateway/service-kit/clock.ts';
import {
  CONFIGURATION_EXIT_CODE,
  ConfigurationError,
  errorCode,
  type ConfigProblem,
  type Environment,
} from '@codex-gateway/service-kit/config.ts';
import { createHttpClient } from '@codex-gateway/service-kit/http-client.ts';
import { request } from 'undici';
import { readCommandConfig, readConfig, type CommandConfig } from '../config.ts';
import { isBrokerAt } from '../logins/remote-logins.ts';
import { openStore } from '../open-store.ts';
import { findSeedProblems } from '../seeds.ts';
import { StoreHeldError } from '../store/token-store.ts';
import { brokerUrl } from './open-logins.ts';

/** One thing that was looked at. */
interface Finding {
  readonly ok: boolean;
  readonly subject: 'configuration' | 'seed' | 'broker' | 'store' | 'issuer' | 'clock';
  readonly text: string;
}

const ISSUER_TIMEOUT_MS = 10_000;
/** Tokens are refreshed hours before they expire; a clock this wrong is a mistake in its own right. */
const MOST_SKEW_MS = 60_000;
const SUBJECT_WIDTH = 'configuration'.length;

/** `auth doctor`: looks at what a broker needs, and touches no account. Resolves with the exit code. */
export async function examine(environment: Environment, say: (line: string) => void): Promise<number> {
  const problems = problemsOf(() => readConfig(environment));
  const findings: Finding[] = problems.map(({ setting, problem }) => ({
    ok: false,
    subject: 'configuration',
    text: `${setting}: ${problem}`,
  }));
  // what only serving needs must not keep the rest from being looked at
  if (problemsOf(() => readCommandConfig(environment)).length === 0)
    findings.push(...(await findingsOf(readCommandConfig(environment))));
  for (const { ok, subject, text } of findings)
    say(`${ok ? 'ok  ' : 'FAIL'}  ${subject.padEnd(SUBJECT_WIDTH)}  ${text}`);
  if (problems.length > 0) return CONFIGURATION_EXIT_CODE;
  return findings.every(({ ok }) => ok) ? 0 : 1;
}

function problemsOf(read: () => unknown): readonly ConfigProblem[] {
  try {
    read();
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
}

async function findingsOf(config: CommandConfig): Promise<readonly Finding[]> {
  const found = await Promise.all([
    seedFindings(config),
    brokerFinding(config),
    storeFinding(config),
    issuerFindings(config),
  ]);
  const accounts = `accounts ${config.aliases.join(', ')}; admin secret ${config.adminSecret === null ? 'not set: no login over HTTP' : 'set'}`;
  return [{ ok: true, subject: 'configuration', text: accounts }, ...found.flat()];
}

async function seedFindings({ seedPath, aliases }: CommandConfig): Promise<readonly Finding[]> {
  if (seedPath === null) return [];
  const { unlisted, unreadable } = await findSeedProblems(seedPath, aliases);
  const problems = [...unlisted, ...unreadable];
  if (problems.length === 0) return [{ ok: true, subject: 'seed', text: seedPath }];
  return problems.map(({ setting, problem }) => ({
    ok: false,
    subject: 'seed',
    text: `${setting}: ${problem}`,
  }));
}

async function brokerFinding(config: CommandConfig): Promise<Finding> {
  const url = brokerUrl(config);
  return {
    ok: true,
    subject: 'broker',
    text: `${(await isBrokerAt(url)) ? 'answers' : 'none answers'} at ${url}`,
  };
}

async function storeFinding({ store }: CommandConfig): Promise<Finding> {
  const place = store.kind === 'file' ? store.folder : `Secrets ${store.secretPrefix}…`;
  try {
    const opened = await openStore(store, `auth doctor, pid ${process.pid}`);
    try {
      await opened.checkWritable();
    } finally {
      await opened.close();
    }
    return { ok: true, subject: 'store', text: `${place} can be written` };
  } catch (error) {
    if (error instanceof StoreHeldError) return { ok: true, subject: 'store', text: error.message };
    return { ok: false, subject: 'store', text: `${place} cannot be written (${errorCode(error)})` };
  }
}

async function issuerFindings({ issuer, httpsProxy, noProxy }: CommandConfig): Promise<readonly Finding[]> {
  const dispatcher = createHttpClient({
    connectTimeoutMs: ISSUER_TIMEOUT_MS,
    idleTimeoutMs: ISSUER_TIMEOUT_MS,
    httpsProxy,
    noProxy,
  });
  try {
    const answer = await request(issuer, { dispatcher, signal: AbortSignal.timeout(ISSUER_TIMEOUT_MS) });
    await answer.body.dump();
    const reached: Finding = { ok: true, subject: 'issuer', text: `${issuer} answers` };
    return [reached, clockFinding(String(answer.headers['date']))];
  } catch (error) {
    return [{ ok: false, subject: 'issuer', text: `${issuer} cannot be reached (${errorCode(error)})` }];
  } finally {
    await dispatcher.destroy();
  }
}

function clockFinding(date: string): Finding {
  const skew = systemClock.now() - Date.parse(date);
  if (Number.isNaN(skew)) return { ok: true, subject: 'clock', text: 'the issuer does not tell the time' };
  const seconds = Math.round(Math.abs(skew) / 1_000);
  const text = `${seconds} s ${skew < 0 ? 'behind' : 'ahead of'} the issuer`;
  return { ok: Math.abs(skew) <= MOST_SKEW_MS, subject: 'clock', text };
}
