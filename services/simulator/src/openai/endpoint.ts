import type { OutgoingHttpHeaders } from 'node:http';
import type { Gate } from '../control/gates.ts';
import { noteBody } from '../control/journal.ts';
import { type BodyReading, readBody } from '../http/body.ts';
import { modelError } from '../model-layer/refusal.ts';
import type { Reply } from '../http/reply.ts';
import { isJsonObject, type JsonObject, parseJson } from '../json.ts';
import { DirectiveError } from '../model/directives.ts';
import { tokensIn } from '../model/tokens.ts';
import type { Call, Handler, World } from '../world.ts';
import { refuseKey } from './authorize.ts';
import { createHead, limitHeaders } from './head.ts';
import { bodyTooLarge, unknownEncoding, unknownUrl, unparseableBody } from './refusals.ts';

/** A request with an accepted key and a body that could be read. */
export interface ApiRequest {
  readonly body: JsonObject;
  /** The headers of its answer, up to now. */
  readonly headers: () => OutgoingHttpHeaders;
}

export type ApiHandler = (request: ApiRequest, call: Call, world: World) => Promise<Reply | undefined>;

/** What every endpoint of the API does before and after its own work. */
export function apiEndpoint(gate: Gate, handle: ApiHandler): Handler {
  return async (call, world) => {
    const head = createHead(world);
    const reading = await readBody(call.req);
    const refusal = refuseKey(call.req, world.openai.apiKey) ?? refuseReading(reading);
    if (refusal !== undefined) return toApiReply(refusal, head.common());
    const text = reading.kind === 'text' ? reading.text : '';
    const body = text === '' && call.req.method === 'GET' ? {} : parseJson(text);
    if (reading.kind === 'text') noteBody(call.record, body, reading.wire);
    world.journal.changed();
    const headers = (): OutgoingHttpHeaders => ({
      ...head.account(),
      ...(gate === 'responses' ? limitHeaders(tokensIn(text.length)) : {}),
    });
    if (!isJsonObject(body)) return toApiReply(unparseableBody(), headers());
    await world.gates.pass(gate, call.signal);
    const reply = await readably(() => handle({ body, headers }, call, world));
    return reply === undefined ? undefined : toApiReply(reply, headers());
  };
}

/** A path that the API does not have, or not with this method. */
export const refuseUrl: Handler = ({ req, url }, world) => {
  const path = url.pathname.replace(/^\/openai/, '');
  return Promise.resolve(toApiReply(unknownUrl(req.method ?? '', path), createHead(world).common()));
};

function refuseReading(reading: BodyReading): Reply | undefined {
  if (reading.kind === 'too_large') return bodyTooLarge();
  return reading.kind === 'undecodable' ? unknownEncoding(reading.encoding) : undefined;
}

/** A directive that cannot be read is refused loudly. */
async function readably(handle: () => Promise<Reply | undefined>): Promise<Reply | undefined> {
  try {
    return await handle();
  } catch (error) {
    if (!(error instanceof DirectiveError)) throw error;
    return modelError({ message: error.message, param: 'input', code: 'simulator_directive' });
  }
}

// the layer that checks keys writes its errors with another indent
const KEY_INDENT = 4;
const INDENT = 2;

/** JSON as the API writes it: over several lines, with a line break at its end. */
export function apiJson(value: unknown, indent = INDENT): string {
  return `${JSON.stringify(value, null, indent)}\n`;
}

function toApiReply(reply: Reply, headers: OutgoingHttpHeaders): Reply {
  const { status, body } = reply;
  const merged = { ...headers, ...reply.headers };
  if (body === undefined || 'text' in body) return { ...reply, headers: merged };
  const text = apiJson(body.json, status === 401 ? KEY_INDENT : INDENT);
  return { status, headers: merged, body: { text, type: 'application/json' } };
}
