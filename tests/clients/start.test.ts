import assert from 'node:assert/strict';
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import process from 'node:process';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';

// `npm start` as a person uses it: read what it prints, paste it into a shell, press Ctrl-C.

const clientsFolder = import.meta.dirname;
const projectFolder = join(clientsFolder, '..', '..');
const portSettings = ['PORT', 'OPS_PORT', 'AUTH_PORT', 'AUTH_OPS_PORT', 'SIMULATOR_PORT'];
const answer = /hello in five words/;

let stack: ChildProcess;
let home: string;
let commands: ReadonlyMap<string, string>;

before(async () => {
  home = mkdtempSync(join(tmpdir(), 'paste-'));
  const ports = await freePorts(portSettings.length);
  const settings = Object.fromEntries(portSettings.map((name, index) => [name, String(ports[index])]));
  const environment = {
    ...process.env,
    ...settings,
    HOME: home,
    CODEX_HOME: join(home, '.codex'),
    NO_COLOR: '1',
  };
  stack = spawn(process.execPath, ['scripts/start.mjs'], {
    cwd: projectFolder,
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  commands = commandsIn(await outputUntil(stack, /Ready in [^]*─{20}/));
});

after(async () => {
  if (stack.exitCode === null) await endedBy(stack, 'SIGINT');
  rmSync(home, { recursive: true, force: true });
});

/** Ports that were free a moment ago; all are held until the last is known, so that no two are the same. */
async function freePorts(count: number): Promise<readonly number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      return server;
    }),
  );
  const ports = servers.map(portOf);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

function portOf(server: Server): number {
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  return address.port;
}

function endedBy(child: ChildProcess, signal: NodeJS.Signals): Promise<unknown> {
  const ended = new Promise((resolve) => child.once('exit', (code, by) => resolve({ code, signal: by })));
  child.kill(signal);
  return ended;
}

function outputUntil({ stdout }: ChildProcess, pattern: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = '';
    stdout?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      if (pattern.test(output)) resolve(output);
    });
    stdout?.once('end', () => reject(new Error(`ended before it was ready:\n${output}`)));
  });
}

/** The printed commands by title: each block is a shell comment and what is to be pasted. */
function commandsIn(output: string): ReadonlyMap<string, string> {
  const block = output.slice(output.indexOf('# '), output.lastIndexOf('\n─'));
  return new Map(
    block.split(/\n\n(?=# )/).map((text) => {
      const title = /^# ([^(\n]+)/.exec(text)?.[1] ?? '';
      return [title.trim(), text];
    }),
  );
}

async function paste(title: string): Promise<string> {
  const command = commands.get(title);
  assert.ok(command !== undefined, `nothing is printed for ${title}`);
  const path = [
    join(clientsFolder, 'node_modules', '.bin'),
    dirname(process.execPath),
    process.env['PATH'],
  ].join(delimiter);
  const environment = { PATH: path, HOME: home, CODEX_HOME: home };
  const running = promisify(execFile)('bash', ['-c', command], { cwd: clientsFolder, env: environment });
  running.child.stdin?.end();
  return (await running).stdout;
}

test('a command is printed for every way in', () => {
  assert.deepEqual(
    [...commands.keys()],
    [
      'The models',
      'Chat Completions',
      'Chat Completions, streamed',
      'Responses',
      'Responses, streamed',
      'Messages',
      'Messages, streamed',
      'OpenAI SDK',
      'Anthropic SDK',
      'Codex CLI',
      'Claude Code',
    ],
  );
});

test('the models that curl lists hold the one that the commands name', async () => {
  assert.match(await paste('The models'), /"id":"gpt-5\.5"/);
});

for (const title of [
  'Chat Completions',
  'Responses',
  'Messages',
  'OpenAI SDK',
  'Anthropic SDK',
  'Codex CLI',
  'Claude Code',
]) {
  test(`${title}, pasted, prints the answer`, async () => {
    assert.match(await paste(title), answer);
  });
}

for (const [title, ending] of [
  ['Chat Completions, streamed', /data: \[DONE\]\n\n$/],
  ['Responses, streamed', /event: response\.completed\ndata: .*hello in five words.*\n\n/],
  ['Messages, streamed', /event: message_stop\n.*\n\n$/],
] as const) {
  test(`${title}, pasted, prints a stream to its end`, async () => {
    assert.match(await paste(title), ending);
  });
}

test('Ctrl-C ends everything, with exit code 0', async () => {
  assert.deepEqual(await endedBy(stack, 'SIGINT'), { code: 0, signal: null });
});

test('a port that is set and busy is named with its setting, and nothing is started', async () => {
  const busy = createServer();
  await new Promise<void>((resolve) => busy.listen(0, '127.0.0.1', resolve));
  const port = String(portOf(busy));
  const environment = { ...process.env, HOME: home, SIMULATOR_PORT: port };
  const running = promisify(execFile)(process.execPath, ['scripts/start.mjs'], {
    cwd: projectFolder,
    env: environment,
  });
  const sentence = `port ${port} is already in use, so the simulator cannot listen there; choose another with SIMULATOR_PORT\n`;
  await assert.rejects(running, { code: 1, stdout: '', stderr: sentence });
  await new Promise((resolve) => busy.close(resolve));
});
