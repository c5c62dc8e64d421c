import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import type { TestContext } from 'node:test';

export interface Run {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

type Command = readonly [
  command: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
];

/** A place for a program to run in: nothing of this machine's user is in it, and loopback is all it reaches. */
export interface Sandbox {
  readonly home: string;
  /** The folder that the program works in; empty at first. */
  readonly work: string;
  /** Runs a command of this package's dependencies, or what lies at an absolute path, to its end and with no input. */
  readonly run: (...command: Command) => Promise<Run>;
  /** Starts one that is spoken with. */
  readonly start: (...command: Command) => ChildProcessWithoutNullStreams;
  /** The hosts outside that the program asked for, in vain. */
  readonly outside: () => readonly string[];
}

/** Lives as long as the test; a program that still runs when the test is over, or has timed out, is ended. */
export async function createSandbox(t: TestContext): Promise<Sandbox> {
  const folder = mkdtempSync(join(tmpdir(), 'codex-gateway-client-'));
  const home = join(folder, 'home');
  const work = join(folder, 'work');
  mkdirSync(home);
  mkdirSync(work);
  const wall = await startWall();
  const running = new Set<ChildProcess>();
  t.after(async () => {
    for (const child of running) child.kill('SIGKILL');
    await Promise.all([...running].map((child) => once(child, 'close')));
    wall.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  });
  const proxy = `http://127.0.0.1:${wall.port}`;
  const everyRun = {
    PATH: [dirname(process.execPath), process.env['PATH']].join(delimiter),
    HOME: home,
    HTTP_PROXY: proxy,
    HTTPS_PROXY: proxy,
    ALL_PROXY: proxy,
    NO_PROXY: '127.0.0.1',
  };
  const start = (...[command, args, environment]: Command): ChildProcessWithoutNullStreams => {
    const executable = resolve(import.meta.dirname, 'node_modules', '.bin', command);
    const child = spawn(executable, args, { cwd: work, env: { ...everyRun, ...environment } });
    running.add(child);
    child.once('close', () => running.delete(child));
    return child;
  };
  return {
    home,
    work,
    outside: wall.askedFor,
    start,
    run: (...command) => outcomeOf(start(...command)),
  };
}

interface Wall {
  readonly port: number;
  readonly askedFor: () => readonly string[];
  readonly close: () => void;
}

/** The proxy that leads nowhere. */
async function startWall(): Promise<Wall> {
  const hosts: string[] = [];
  const server = createServer((req, res) => {
    hosts.push(req.headers.host ?? '');
    res.writeHead(403).end();
  });
  server.on('connect', (req, socket) => {
    hosts.push(req.url ?? '');
    socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // it listens on a port, not on a pipe
  return { port, askedFor: () => hosts, close: () => void server.close() };
}

async function outcomeOf(child: ChildProcessWithoutNullStreams): Promise<Run> {
  child.stdin.end();
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  await once(child, 'close');
  return { exitCode: child.exitCode, stdout, stderr };
}
