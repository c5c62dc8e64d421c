import type { IncomingMessage, ServerResponse } from 'node:http';
import type { OpenRecord } from './control/journal.ts';
import { jsonReply, type Reply, sendReply } from './http/reply.ts';
import { ROUTES } from './routes.ts';
import type { Call, World } from './world.ts';

type ControlEndpoint = (req: IncomingMessage, url: URL) => Promise<Reply>;

const UPGRADE_REQUIRED: Reply = {
  ...jsonReply(426, { detail: 'WebSocket is not available here; use HTTP' }),
  headers: { connection: 'close', upgrade: 'HTTP/2.0' },
};
const NOT_FOUND = jsonReply(404, { detail: 'Not Found' });
const METHOD_NOT_ALLOWED = jsonReply(405, { detail: 'Method Not Allowed' });

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
    const route = ROUTES.get(`${req.method} ${url.pathname}`);
    const isUpgrade = req.headers.upgrade !== undefined;
    const record = world.journal.open(req, url, isUpgrade ? 'upgrade' : (route?.endpoint ?? 'other'));
    const call: Call = { req, res, url, record, signal: watchClient(res, record, world) };
    try {
      const reply = isUpgrade ? UPGRADE_REQUIRED : await (route?.handle(call, world) ?? notFound(url));
      if (reply === undefined) return;
      record.status = reply.status;
      record.ending ??= 'refused';
      if (reply.status < 400) record.ending = 'complete';
      record.bytesSent += sendReply(res, reply);
    } catch (error) {
      onError(error);
      record.status = 500;
      sendReply(res, jsonReply(500, { detail: 'The simulator failed; this is a bug in it' }));
    } finally {
      world.journal.changed();
    }
  };
}

async function notFound({ pathname }: URL): Promise<Reply> {
  const known = [...ROUTES.keys()].some((route) => route.endsWith(` ${pathname}`));
  return known ? METHOD_NOT_ALLOWED : NOT_FOUND;
}

/** A signal that fires when the connection is over; the journal learns whether the client left early. */
function watchClient(res: ServerResponse, record: OpenRecord, { journal }: World): AbortSignal {
  const over = new AbortController();
  res.once('close', () => {
    const weEndedIt = res.writableFinished || record.ending === 'reset' || record.ending === 'dropped';
    if (!weEndedIt) record.clientDisconnected = true;
    over.abort();
    journal.changed();
  });
  return over.signal;
}
