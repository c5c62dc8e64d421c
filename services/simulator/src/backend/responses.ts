import type { Account } from '../account.ts';
import { noteBody } from '../control/journal.ts';
import { readBody } from '../http/body.ts';
import { jsonReply, type Reply } from '../http/reply.ts';
import { asObject, asObjects, asText, type JsonObject, parseJson } from '../json.ts';
import { type Conversation, readConversation } from '../model/conversation.ts';
import { DirectiveError, pick } from '../model/directives.ts';
import { toResponsesRequest } from '../model/request.ts';
import { tokensIn } from '../model/tokens.ts';
import { refuse } from '../model-layer/rule.ts';
import { directivesFor } from '../scenario/scenario.ts';
import { SCENARIO_MODELS } from '../scenario/scenario-models.ts';
import { vanished } from '../scenario/vanished.ts';
import type { Call, World } from '../world.ts';
import { answer } from './answer.ts';
import { authorize } from './authorize.ts';
import { MODELS, type Model, scenarioModel } from './catalog.ts';
import { CODEX_FACE } from './face.ts';
import { statusReply } from './faults.ts';
import { quotaHeaders } from './quota.ts';
import { detail } from './refusal.ts';
import { REQUEST_RULES } from './request-rules.ts';
import { judgeTurnState } from './turn-state.ts';

const MEGABYTES_TAKEN = 256;

/** `POST /backend-api/codex/responses`. The backend names its refusals too; pages of the edge before it have no name. */
export async function handleResponses(call: Call, world: World): Promise<Reply | undefined> {
  const reply = await replyTo(call, world);
  if (reply?.body === undefined || 'text' in reply.body) return reply;
  return { ...reply, headers: { 'x-oai-request-id': world.ids.next('req_'), ...reply.headers } };
}

async function replyTo(call: Call, world: World): Promise<Reply | undefined> {
  const authorization = authorize(call.req, world);
  const reading = await readBody(call.req);
  if (authorization.kind === 'refused') return authorization.reply;
  if (reading.kind === 'too_large') return detail(`Request body is over ${MEGABYTES_TAKEN} MB`, 413);
  if (reading.kind === 'undecodable') {
    return detail(`Unsupported content encoding: ${reading.encoding}`, 415);
  }
  const body = parseJson(reading.text);
  noteBody(call.record, body, reading.wire);
  world.journal.changed();
  await world.gates.pass('responses', call.signal);
  try {
    const question = { body: asObject(body), inputTokens: tokensIn(reading.text.length) };
    return await respond(question, authorization.account, call, world);
  } catch (error) {
    if (!(error instanceof DirectiveError)) throw error;
    const refusal = { message: error.message, type: 'invalid_request_error', param: 'input' };
    return jsonReply(400, { error: { ...refusal, code: 'simulator_directive' } });
  }
}

interface Incoming {
  readonly body: JsonObject;
  readonly inputTokens: number;
}

async function respond(
  { body, inputTokens }: Incoming,
  account: Account,
  call: Call,
  world: World,
): Promise<Reply | undefined> {
  const conversation = readConversation(asText(body['instructions']), asObjects(body['input']));
  const slug = asText(body['model']);
  const directives = directivesFor(slug, conversation, world.faults);
  const nowSeconds = Math.floor(world.clock.now() / 1000);
  const headers = quotaHeaders(world.quotaOf(account), account.plan, nowSeconds);
  const status = pick(directives, 'status');
  if (status !== undefined) {
    return statusReply(status, { plan: account.plan, nowSeconds, quotaHeaders: headers });
  }
  if (await vanished(directives, call)) return undefined;
  if (world.quotaOf(account).limitReached) {
    const limit = { verb: 'status', status: 429, kind: 'usage_limit' } as const;
    return statusReply(limit, { plan: account.plan, nowSeconds, quotaHeaders: headers });
  }
  const model = modelOf(slug);
  const refusal = refuse(REQUEST_RULES, {
    face: CODEX_FACE,
    body,
    history: [],
    model,
    clientVersion: clientVersionOf(call),
    accountId: account.id,
    instructions: world.settings().instructions,
    seals: world.seals,
    isStored: () => false,
  });
  if (refusal !== undefined || model === undefined) return refusal;
  const turn = judgeTurn(body, conversation, account, call);
  if (turn.kind === 'foreign') {
    world.journal.violation(turn.why);
    return detail(`Invalid x-codex-turn-state: ${turn.why}`);
  }
  await answer(
    {
      request: toResponsesRequest(body, model.defaultEffort),
      conversation,
      directives,
      account,
      inputTokens,
      headers: turn.kind === 'absent' ? { ...headers, ...turnStateHeader(turn.give, conversation) } : headers,
    },
    call,
    world,
  );
  return undefined;
}

function modelOf(slug: string): Model | undefined {
  return MODELS.get(slug) ?? (SCENARIO_MODELS.has(slug) ? scenarioModel(slug) : undefined);
}

/** The `version` header, else the version of a User-Agent that begins like one of the Codex clients. */
function clientVersionOf({ req }: Call): string | undefined {
  const { version } = req.headers;
  if (typeof version === 'string') return version;
  return /^codex[_-](?:cli|exec|tui|vscode)[^/]*\/(\d+(?:\.\d+)*)/.exec(req.headers['user-agent'] ?? '')?.[1];
}

/** A session that is compacted before a turn belongs to the turn to come, which nothing in the request tells. */
function turnStateHeader(state: string, { endsWithCompactionTrigger }: Conversation): Record<string, string> {
  return endsWithCompactionTrigger ? {} : { 'x-codex-turn-state': state };
}

/** A turn is named by the client, else by the text that began it: its position changes when the session is compacted. */
function judgeTurn(body: JsonObject, { prompt }: Conversation, account: Account, { req, record }: Call) {
  const named = asText(asObject(body['client_metadata'])['turn_id']);
  const header = req.headers['x-codex-turn-state'];
  const judgement = judgeTurnState(typeof header === 'string' ? header : undefined, {
    accountId: account.id,
    turn: named === '' ? prompt : named,
  });
  record.turnState = judgement.kind === 'absent' ? 'given' : judgement.kind;
  return judgement;
}
