import type { RequestListener, Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { createMalformedReply } from './malformed-request.ts';

/** Thrown when a port is taken; the message names the port and the setting that chose it. */
export class ListenError extends Error {
  override readonly name = 'ListenError';
}

export interface ListenOptions {
  readonly host: string;
  readonly port: number;
  /** The environment variable that set the port, for the error's sentence. */
  readonly setting: string;
}

export interface Listening {
  readonly server: Server;
  readonly port: number;
}

/** Connections without a whole request so far. Node counts them as busy, so its close() would wait for them. */
const unused = new WeakMap<Server, Set<Socket>>();

/** Starts an HTTP server with the time-outs of a streaming service behind a proxy (kept alive longer than its own). */
export function listen(handler: RequestListener, { host, port, setting }: ListenOptions): Promise<Listening> {
  const server = createServer({ keepAliveTimeout: 75_000, headersTimeout: 80_000 }, handler);
  const fresh = new Set<Socket>();
  const malformed = createMalformedReply();
  server.on('clientError', malformed.answer);
  unused.set(server, fresh);
  server.on('connection', (socket) => {
    fresh.add(socket);
    socket.once('close', () => fresh.delete(socket));
  });
  // Node's close() ends only connections that are idle at that moment; one that becomes idle later would hold the
  // process for the whole keep-alive time.
  server.on('request', (req, res) => {
    fresh.delete(req.socket);
    malformed.note(req.socket, res);
    res.once('close', () => {
      if (!server.listening) setImmediate(() => server.closeIdleConnections());
    });
  });
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        error.code === 'EADDRINUSE'
          ? new ListenError(`port ${port} on ${host} is already in use; choose another with ${setting}`)
          : new ListenError(
              `cannot listen on ${host}:${port} (${error.code ?? error.message}); see ${setting} and HOST`,
            ),
      );
    });
    server.listen(port, host, () => resolve({ server, port: (server.address() as AddressInfo).port }));
  });
}

/** Refuses new connections and resolves when the last answer is out. */
export function closeGracefully(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
    for (const socket of unused.get(server) ?? []) socket.destroy();
  });
}
