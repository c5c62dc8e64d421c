import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { readBody } from '../http/body.ts';
import { jsonReply, type Reply } from '../http/reply.ts';
import { parseJson } from '../json.ts';
import { refreshFaultSchema } from '../issuer/refresh-faults.ts';
import { DirectiveError } from '../model/directives.ts';
import type { SimulatorControl } from './control.ts';
import { GATES } from './gates.ts';

const times = z.int().min(1).optional();
const gateSchema = z.strictObject({ gate: z.enum(GATES) });
const loginSchema = z.strictObject({
  accountId: z.string().min(1).optional(),
  plan: z.string().min(1).optional(),
  accessTokenSeconds: z.int().min(0).optional(),
});
const settingsSchema = z.strictObject({
  instructions: z.enum(['strict', 'lax']).optional(),
  step: z.boolean().optional(),
  revokeOnReuse: z.boolean().optional(),
  devicePendingStatus: z.union([z.literal(403), z.literal(404)]).optional(),
  deviceAutoApprove: z.boolean().optional(),
  denyLogins: z.boolean().optional(),
  accessTokenSeconds: z.int().min(0).optional(),
});
const responsesSchema = z.union([
  z.strictObject({ directives: z.array(z.string()), times }),
  z.strictObject({ script: z.array(z.union([z.string(), z.record(z.string(), z.unknown())])) }),
]);
const modelsSchema = z.strictObject({ directive: z.string(), times });
const refreshSchema = z.strictObject({ fault: refreshFaultSchema, times });
const revocationSchema = z.union([
  z.strictObject({ accessToken: z.string().min(1) }),
  z.strictObject({ accessTokensOf: z.string().min(1) }),
  z.strictObject({ allAccessTokens: z.literal(true) }),
  z.strictObject({ grantsOf: z.string().min(1) }),
]);
const windowSchema = z.strictObject({
  usedPercent: z.number().min(0),
  windowMinutes: z.int().min(0),
  resetsInSeconds: z.int().min(0),
});
const quotaSchema = z.strictObject({
  accountId: z.string().min(1),
  primary: windowSchema.optional(),
  secondary: windowSchema.nullable().optional(),
  limitReached: z.boolean().optional(),
});
const deviceSchema = z.strictObject({
  userCode: z.string().min(1),
  accountId: z.string().optional(),
  deny: z.boolean().optional(),
});
const advanceSchema = z.strictObject({ count: z.int().min(1).optional() });

/** Whether the other end of the socket is this machine; nobody else may control the simulator. */
export function isLoopback(address: string | undefined): boolean {
  return address === '::1' || /^(?:::ffff:)?127\./.test(address ?? '');
}

type Action = (body: unknown) => Reply | Promise<Reply>;

/** An action whose body is checked first; a wrong one throws `ZodError`. */
function action<Schema extends z.ZodType>(
  schema: Schema,
  act: (body: z.infer<Schema>) => Reply | Promise<Reply>,
): Action {
  return (body) => act(schema.parse(body));
}

const DONE: Reply = { status: 204 };

function actionsOf(control: SimulatorControl): Readonly<Record<string, Action>> {
  return {
    'GET /control/journal': () => jsonReply(200, control.journal()),
    'GET /control/streams': () => jsonReply(200, { open: control.openStreams() }),
    'GET /control/gates': () =>
      jsonReply(200, Object.fromEntries(GATES.map((gate) => [gate, control.waiting(gate)]))),
    'POST /control/reset': () => done(control.reset()),
    'POST /control/logins': action(loginSchema, (options) => jsonReply(201, control.login(options))),
    'POST /control/settings': action(settingsSchema, ({ accessTokenSeconds, ...settings }) => {
      if (accessTokenSeconds !== undefined) control.setAccessTokenSeconds(accessTokenSeconds);
      return done(control.set(definedOnly(settings)));
    }),
    'POST /control/responses': action(responsesSchema, (body) =>
      'script' in body
        ? done(control.nextScript(body.script))
        : done(control.nextResponses(body.directives, body.times)),
    ),
    'POST /control/models': action(modelsSchema, (body) =>
      done(control.nextModels(body.directive, body.times)),
    ),
    'POST /control/refreshes': action(refreshSchema, ({ fault, times: count }) =>
      done(control.nextRefreshes(fault, count)),
    ),
    'POST /control/revocations': action(revocationSchema, (body) => done(revoke(control, body))),
    'POST /control/quota': action(quotaSchema, ({ accountId, ...quota }) =>
      done(control.setQuota(accountId, definedOnly(quota))),
    ),
    'POST /control/hold': action(gateSchema, ({ gate }) => done(control.hold(gate))),
    'POST /control/release': action(gateSchema, ({ gate }) => done(control.release(gate))),
    'POST /control/devices': action(deviceSchema, ({ userCode, accountId, deny }) => {
      const decided =
        deny === true ? control.denyDevice(userCode) : control.approveDevice(userCode, accountId);
      return decided ? DONE : problem(404, `no device login waits under ${userCode}`);
    }),
  };
}

function revoke(control: SimulatorControl, body: z.infer<typeof revocationSchema>): void {
  if ('accessToken' in body) control.revokeAccessToken(body.accessToken);
  else if ('accessTokensOf' in body) control.revokeAccessTokens(body.accessTokensOf);
  else if ('grantsOf' in body) control.revokeGrants(body.grantsOf);
  else control.revokeAccessTokens();
}

function done(_nothing: void): Reply {
  return DONE;
}

function problem(status: number, message: string): Reply {
  return jsonReply(status, { error: { message } });
}

/** Members that are really there: an absent switch must not overwrite the present one. */
function definedOnly<T extends object>(values: T): { [Name in keyof T]?: Exclude<T[Name], undefined> } {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined);
  // built from the same object, without its undefined members
  return Object.fromEntries(entries) as { [Name in keyof T]?: Exclude<T[Name], undefined> };
}

/** `/control/*`: answers loopback callers only. */
export function createControlEndpoint(control: SimulatorControl) {
  const actions = actionsOf(control);

  async function advance(id: string, body: unknown): Promise<Reply> {
    const { count } = advanceSchema.parse(body);
    const report = await control.advance(Number(id), count);
    return report === undefined ? problem(404, `no stepped stream ${id}`) : jsonReply(200, report);
  }

  return async (req: IncomingMessage, url: URL): Promise<Reply> => {
    if (!isLoopback(req.socket.remoteAddress)) return { status: 403 };
    const reading = await readBody(req);
    const text = reading.kind === 'text' ? reading.text : '';
    const body = text === '' ? {} : parseJson(text);
    const [, streamId] = /^\/control\/streams\/(\d+)\/advance$/.exec(url.pathname) ?? [];
    try {
      if (streamId !== undefined && req.method === 'POST') return await advance(streamId, body);
      const act = actions[`${req.method} ${url.pathname}`];
      return act === undefined ? problem(404, 'no such control action') : await act(body);
    } catch (error) {
      if (error instanceof z.ZodError) return problem(400, z.prettifyError(error));
      if (error instanceof DirectiveError) return problem(400, error.message);
      throw error;
    }
  };
}
