// Finds the project's tests and runs them with node's runner.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

/** No test takes as long; one that hangs ends the run here and not with the machine. */
const TEST_TIMEOUT_MS = 300_000;

/**
 * Every test file of the project, found by looking: a new one needs no entry anywhere.
 * @param {string} folder of the project
 * @returns {string[]} paths below the folder, sorted
 */
export function testFiles(folder) {
  return ['packages', 'services', 'scripts', 'tests']
    .flatMap((home) => testFilesBelow(folder, home))
    .toSorted();
}

/**
 * @param {string} folder
 * @param {string} home
 * @returns {string[]}
 */
function testFilesBelow(folder, home) {
  if (!existsSync(join(folder, home))) return [];
  return readdirSync(join(folder, home), { withFileTypes: true }).flatMap((entry) => {
    if (entry.isDirectory())
      return entry.name === 'node_modules' ? [] : testFilesBelow(folder, join(home, entry.name));
    return entry.name.endsWith('.test.ts') ? [join(home, entry.name)] : [];
  });
}

/**
 * The files in which no test ran: node's runner reports such a file as one passed test that is called like the file.
 * @param {string} report of the spec reporter
 * @param {readonly string[]} files
 */
export function filesWithoutTests(report, files) {
  const lines = stripVTControlCharacters(report).split('\n');
  return files.filter((file) => lines.some((line) => line.startsWith(`✔ ${file} (`)));
}

/**
 * Runs the files in a home that is thrown away, so that no test finds or changes a login of this machine.
 * @param {readonly string[]} files
 * @param {object} options
 * @param {string} options.node the Node to run them with
 * @param {NodeJS.ProcessEnv} options.environment
 * @param {string} options.folder where the runner is started
 * @param {(text: string) => void} options.write gets the runner's report as it grows
 * @returns {Promise<number>} the exit code: 0 only when in every file a test ran and none failed
 */
export async function runTests(files, { node, environment, folder, write }) {
  if (files.length === 0) {
    write('There is no test file.\n');
    return 1;
  }
  const home = mkdtempSync(join(tmpdir(), 'codex-gateway-test-'));
  const env = { ...environment, HOME: home, USERPROFILE: home, CODEX_HOME: join(home, '.codex') };
  try {
    const child = spawn(
      node,
      ['--test', '--test-reporter=spec', `--test-timeout=${TEST_TIMEOUT_MS}`, ...files],
      {
        cwd: folder,
        env,
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    let report = '';
    child.stdout.setEncoding('utf8').on('data', (/** @type {string} */ text) => {
      write(text);
      report += text;
    });
    /** @type {number | null} */
    const code = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
    const empty = filesWithoutTests(report, files);
    for (const file of empty) write(`No test ran in ${file}.\n`);
    return code === 0 && empty.length > 0 ? 1 : (code ?? 1);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}
