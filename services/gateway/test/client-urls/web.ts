import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { Agent } from 'undici';
import type { Network } from '../../src/client-urls/network.ts';

/** An address that is nobody's: connections to it end at the test's own server. */
export const PUBLIC = '93.184.215.14';

export interface Site {
  /** What each lookup answers, the last one from then on; `PUBLIC` when absent. */
  readonly lookups?: readonly (readonly string[])[];
  readonly serve: RequestListener;
}

/** A small internet. Nothing of it is outside of this process, and it speaks plain HTTP under its https URLs. */
export interface Web {
  readonly network: Network;
  /** What has happened, in order: `look up HOST`, `connect ADDRESSES`, `GET URL`. */
  readonly log: readonly string[];
  /** Resolves when every connection is closed. */
  readonly deserted: () => Promise<void>;
}

export async function startWeb(t: TestContext, sites: Readonly<Record<string, Site>>): Promise<Web> {
  const log: string[] = [];
  const server = createServer((req, res) => {
    const { host = '' } = req.headers;
    log.push(`GET https://${host}${req.url}`);
    sites[host]?.serve(req, res);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const ended: Promise<void>[] = [];
  server.on('connection', (socket) => {
    ended.push(new Promise((resolve) => socket.once('close', () => resolve())));
  });
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo; // it listens on a port
  const asked = new Map<string, number>();
  return {
    log,
    deserted: async () => void (await Promise.all(ended)),
    network: {
      resolve: async (host) => {
        log.push(`look up ${host}`);
        const site = sites[host];
        if (!site) return [];
        const { lookups = [[PUBLIC]] } = site;
        const time = asked.get(host) ?? 0;
        asked.set(host, time + 1);
        return lookups[time] ?? lookups.at(-1) ?? [];
      },
      dispatcherTo: (addresses) => {
        log.push(`connect ${addresses.join(' ')}`);
        return new Agent({
          connect: (_options, connected) => {
            const socket = connect(port, '127.0.0.1');
            socket.once('connect', () => connected(null, socket));
            socket.once('error', (error) => connected(error, null));
          },
        });
      },
    },
  };
}

/** Answers with these bytes, as what they are not. */
export function serving(bytes: Buffer | string): Site {
  return { serve: (_req, res) => void res.setHeader('content-type', 'application/x-nonsense').end(bytes) };
}

export function redirecting(location: string, status = 302): Site {
  return { serve: (_req, res) => void res.writeHead(status, { location }).end('moved') };
}

/** The beginnings of files; what comes after does not matter. */
export const files = {
  png: Buffer.from('\x89PNG\r\n\x1a\n then its pixels', 'latin1'),
  jpeg: Buffer.from('\xff\xd8\xff\xe0 then its pixels', 'latin1'),
  gif: Buffer.from('GIF89a then its pixels', 'latin1'),
  webp: Buffer.from('RIFF\x10\x00\x00\x00WEBP then its pixels', 'latin1'),
  pdf: Buffer.from('%PDF-1.7 then its pages', 'latin1'),
  text: Buffer.from('Grüße aus der Datei.\n'),
};
