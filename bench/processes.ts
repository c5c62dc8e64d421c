import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';

const CLOCK_TICKS_PER_SECOND = 100; // USER_HZ: the same on every Linux that Node runs on

export interface Service {
  readonly url: string;
  /** CPU seconds of the process and everything below it, user and system. */
  readonly cpuSeconds: () => number;
  /** Peak resident memory in MiB. */
  readonly peakMemory: () => number;
  /** Resident memory now, in MiB. */
  readonly memory: () => number;
  /** Bytes read so far, from sockets and files. */
  readonly bytesRead: () => number;
  readonly stop: () => Promise<void>;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Starts a Node process bound to one core and waits until it takes connections. */
export async function startService(
  script: string,
  core: number,
  environment: Record<string, string>,
): Promise<Service> {
  const port = await freePort();
  const env = { ...process.env, ...environment, PORT: String(port) };
  const child = spawn('taskset', ['-c', String(core), process.execPath, script], {
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const url = `http://127.0.0.1:${port}`;
  await reachable(url, child);
  const pid = child.pid ?? 0;
  return {
    url,
    cpuSeconds: () => treeOf(pid).reduce((sum, member) => sum + cpuTicks(member), 0) / CLOCK_TICKS_PER_SECOND,
    peakMemory: () => procNumber(pid, 'status', /VmHWM:\s+(\d+)/) / 1024,
    memory: () => procNumber(pid, 'status', /VmRSS:\s+(\d+)/) / 1024,
    bytesRead: () => procNumber(pid, 'io', /rchar:\s+(\d+)/),
    stop: async () => {
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    },
  };
}

function procNumber(pid: number, file: string, pattern: RegExp): number {
  return Number(pattern.exec(readFileSync(`/proc/${pid}/${file}`, 'utf8'))?.[1] ?? 0);
}

async function reachable(url: string, child: ChildProcess): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`${child.spawnargs.join(' ')} ended with ${child.exitCode}`);
    const answer = await fetch(url).catch(() => null);
    if (answer) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function treeOf(pid: number): readonly number[] {
  const parents = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => ({ pid: Number(name), parent: parentOf(Number(name)) }));
  const below = (root: number): readonly number[] => [
    root,
    ...parents.filter(({ parent }) => parent === root).flatMap((child) => below(child.pid)),
  ];
  return below(pid);
}

function fieldsAfterName(pid: number): readonly string[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return []; // it has ended meanwhile
  }
}

function parentOf(pid: number): number {
  return Number(fieldsAfterName(pid)[1] ?? 0);
}

function cpuTicks(pid: number): number {
  const fields = fieldsAfterName(pid);
  return Number(fields[11] ?? 0) + Number(fields[12] ?? 0);
}
