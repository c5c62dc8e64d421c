import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import type { Lifetime } from './lifetime.ts';

export interface Place {
  readonly host: string;
  readonly port: number;
}

/** A way to a server that a test cannot stop: what is done here looks to its clients as if it were done there. */
export interface Gate {
  readonly port: number;
  /** Leaves connections open, takes new ones, and passes nothing on. */
  readonly pause: () => void;
  readonly resume: () => void;
  /** Breaks every connection and refuses new ones. */
  readonly close: () => Promise<void>;
  readonly reopen: () => Promise<void>;
}

/** Opens a gate on a free port of loopback; it closes with the test. */
export async function openGate(t: Lifetime, target: Place): Promise<Gate> {
  const ways = new Map<Socket, Socket>();
  let isPaused = false;
  const server = createServer((client) => {
    const beyond = connect(target);
    for (const [from, to] of [[client, beyond] as const, [beyond, client] as const]) {
      ways.set(from, to);
      from.on('error', () => to.destroy()).on('close', () => (to.destroy(), ways.delete(from)));
      if (!isPaused) from.pipe(to);
    }
  });
  const listen = async (at: number): Promise<void> => {
    server.listen(at, '127.0.0.1');
    await once(server, 'listening');
  };
  const close = async (): Promise<void> => {
    if (!server.listening) return;
    server.close();
    for (const from of ways.keys()) from.destroy();
    await once(server, 'close');
  };
  t.after(close);
  await listen(0);
  const { port } = server.address() as AddressInfo; // a TCP server has an address, not a path
  return {
    port,
    close,
    reopen: () => listen(port),
    pause: () => {
      isPaused = true;
      for (const [from, to] of ways) from.unpipe(to);
    },
    resume: () => {
      isPaused = false;
      for (const [from, to] of ways) from.pipe(to);
    },
  };
}
