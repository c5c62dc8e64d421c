import type { IncomingMessage, ServerResponse } from 'node:http';
import type { OpenRecord } from './control/journal.ts';
import { fingerprintOf } from './digest.ts';
import { jsonReply, type Reply, sendReply } from './http/reply.ts';
import { always, routeOf } from './routes.ts';
import type { Call, World } from './world.ts';

type ControlEndpoint = (req: IncomingMessage, url: URL) => Promise<Reply>;

const UPGRADE_REQUIRED: Reply = {
  ...jsonReply(426, { detail: 'WebSocket is not available here; use HTTP' }),
  headers: { connection: 'close', upgrade: 'HTTP/2.0' },
};
const FAILED = jsonReply(500, { detail: 'The simulator failed; this is a bug in it' });

/** Takes a request to its handler and writes down what became of it. */
export function createDispatcher(
  world: World,
  controlEndpoint: ControlEndpoint,
  onError: (error: unknown) => void = () => undefined,
) {
  return async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const url = new URL(req.url ?? '/', 'http://simulator');
    if (url.pathname.startsWith('/control/')) {
      sendReply(res, await controlEndpoint(req, url));
      return;
    }
    const route =
      req.headers.upgrade === undefined
        ? routeOf(req.method ?? '', url.pathname)
        : always('upgrade', UPGRADE_REQUIRED);
    const record = world.journal.open(req, url, route.endpoint);
    const call: Call = { req, res, url, record, signal: watchClient(res, record, world) };
    try {
      const reply = await route.handle(call, world);
      if (reply !== undefined) deliver(reply, call);
    } catch (error) {
      onError(error);
      if (res.headersSent) res.destroy();
      else deliver(FAILED, call);
    } finally {
      world.journal.changed();
    }
  };
}

function deliver(reply: Reply, { res, record }: Call): void {
  record.status = reply.status;
  record.ending = reply.status < 400 ? 'complete' : 'refused';
  const body = sendReply(res, reply);
  record.bytesSent += body.length;
  record.sentSha256 = fingerprintOf(body);
}

// one reason for all: the platform would build an exception with its stack for each
const CONNECTION_OVER = 'the connection is over';

/** A signal that fires when the connection is over; the journal learns whether the client left early. */
function watchClient(res: ServerResponse, record: OpenRecord, { journal }: World): AbortSignal {
  const over = new AbortController();
  res.once('close', () => {
    const weEndedIt = res.writableFinished || record.ending === 'reset' || record.ending === 'dropped';
    if (!weEndedIt) record.clientDisconnected = true;
    over.abort(CONNECTION_OVER);
    journal.changed();
  });
  return over.signal;
}
