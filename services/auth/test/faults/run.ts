import { parseArgs } from 'node:util';
import { startFaultIssuer, type FaultIssuer } from './fault-issuer.ts';
import { stores } from './places.ts';
import { playRound, type RoundOptions, type RoundResult } from './round.ts';

/**
 * Kills a broker in the middle of a refresh, round after round, and lets the issuer say what became of the tokens.
 * Prints a table; exit code 1 when anything happened that must not.
 */
const { values } = parseArgs({
  options: {
    store: { type: 'string', default: 'file' },
    rounds: { type: 'string', default: '50' },
    seed: { type: 'string', default: '1' },
    parallel: { type: 'string', default: '2' },
  },
});

/** What is done to whom, over and over. */
const plan: readonly Pick<RoundOptions, 'moment' | 'answer'>[] = [
  { moment: { at: 'before_reading' }, answer: 'at_once' },
  { moment: { at: 'after_rotation' }, answer: 'at_once' },
  { moment: { at: 'after_answer' }, answer: 'at_once' },
  { moment: { at: 'later', afterMs: 0 }, answer: 'at_once' },
  { moment: { at: 'before_storing' }, answer: 'at_once' },
  { moment: { at: 'later', afterMs: 0 }, answer: 'slow' },
  { moment: { at: 'after_storing' }, answer: 'at_once' },
  { moment: { at: 'never' }, answer: 'reset' },
  { moment: { at: 'after_answer' }, answer: 'slow' },
  { moment: { at: 'never' }, answer: 'server_error' },
  { moment: { at: 'later', afterMs: 0 }, answer: 'at_once' },
  { moment: { at: 'never' }, answer: 'at_once' },
];
/** A refresh on loopback takes less than this, also a slow one; a kill falls anywhere into it and behind. */
const REFRESH_MS = 400;

const open = Object.entries(stores).find(([name]) => name === values.store)?.[1];
if (!open) throw new Error(`--store must be one of ${Object.keys(stores).join(', ')}`);
const issuer = await startFaultIssuer();
const places = await open();
const results = await playAll(issuer, Number(values.rounds), Number(values.parallel));
await Promise.all([issuer.close(), places.close()]);
report(results);
process.exitCode = results.some(({ violations }) => violations.length > 0) ? 1 : 0;

async function playAll(from: FaultIssuer, rounds: number, parallel: number): Promise<readonly RoundResult[]> {
  const played: RoundResult[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let round = next++; round < rounds; round = next++) {
      const place = await places.next();
      played.push(await playRound({ issuer: from, place, ...chosenFor(round) }));
    }
  };
  await Promise.all(Array.from({ length: parallel }, worker));
  return played;
}

function chosenFor(round: number): Pick<RoundOptions, 'moment' | 'answer'> {
  const chosen = plan[round % plan.length];
  if (!chosen) throw new Error('there is no plan');
  const { moment, answer } = chosen;
  if (moment.at !== 'later') return chosen;
  return { moment: { at: 'later', afterMs: Math.floor(chance(round) * REFRESH_MS) }, answer };
}

/** In [0, 1), the same for the same seed and round. */
function chance(round: number): number {
  const mixed = Math.imul(Number(values.seed) * 0x9e3779b1 + round * 0x85ebca6b, 0xc2b2ae35);
  return (mixed >>> 0) / 2 ** 32;
}

function report(played: readonly RoundResult[]): void {
  const rows = new Map<string, number>();
  for (const { moment, found, ended, unpersisted } of played) {
    const row = [moment, found, unpersisted ? 'yes' : 'no', ended].join(' | ');
    rows.set(row, (rows.get(row) ?? 0) + 1);
  }
  console.log('killed | found as | newest token lost | ended as | rounds');
  for (const [row, count] of [...rows].toSorted(([left], [right]) => left.localeCompare(right)))
    console.log(`${row} | ${count}`);
  const lost = played.filter(({ unpersisted }) => unpersisted).length;
  const slowest = Math.max(...played.map(({ readyAfterMs }) => readyAfterMs));
  console.log(
    `\n${played.length} rounds; ${lost} new tokens lost with their broker; slowest start ${slowest | 0} ms`,
  );
  const violations = played.flatMap((round) => round.violations);
  console.log(violations.length === 0 ? 'no violation' : violations.join('\n'));
}
