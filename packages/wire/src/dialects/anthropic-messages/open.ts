import { promptCacheKey } from '../../codex/cache-key.ts';
import { callIdsOf, repairHistory } from '../../codex/history.ts';
import { withReasoning } from '../../codex/reasoning-replay.ts';
import {
  codexRequest,
  instructionsFor,
  type CodexRequestParts,
  type TextOptions,
} from '../../codex/request.ts';
import { restoredTools } from '../../codex/restored-tools.ts';
import { createToolNames } from '../../codex/tool-names.ts';
import { invalidRequest } from '../../fault.ts';
import { isRecord } from '../../record.ts';
import type { Exchange, OpenContext, ResolvedModel } from '../dialect.ts';
import { largestLimit, planEmulation } from '../emulated.ts';
import { parseBody } from '../field-path.ts';
import { callMemories } from '../memories.ts';
import { createWarningLog, type WarningLog } from '../warnings.ts';
import { readConversation, systemText, type Conversation } from './conversation.ts';
import { createMessagesEncoder } from './encoder.ts';
import { declareFields, refuseThread } from './fields.ts';
import { isOpenAiStrict, objectSchema } from './json-schema.ts';
import type { AnswerStyle } from './message.ts';
import { requestOptions } from './request-options.ts';
import { messagesReply } from './reply.ts';
import { messagesSchema, type MessagesBody } from './schema.ts';
import { planThinking } from './thinking.ts';
import { toolList } from './tool-list.ts';
import { readTools } from './tools.ts';

/**
 * Reads the body of a Messages request.
 *
 * @throws FaultError 400 with the field's place as `messages.1.role`
 */
export function openMessages(body: unknown, context: OpenContext): Exchange {
  refuseThread(body);
  const request = parseBody(messagesSchema, body, 'dots');
  const warnings = createWarningLog();
  declareFields(body, context.upstream, warnings);
  const { conversation, parts, style } = understand(request, context, warnings);
  const { items, bareCallIds, sealedBy } = conversation;
  const declaresNone = (request.tools ?? []).length === 0 && parts.tools.length === 0;
  const lacksTools = declaresNone && parts.toolChoice !== 'none';
  const { stop_sequences, max_tokens } = request;
  const wishes = { stop: { stop_sequences }, limits: { max_tokens } };
  const options = requestOptions(request, wishes, context);
  const view = { commentaryIsVisible: !style.isJson, separator: '' };
  return {
    model: style.model,
    wantsStream: request.stream === true,
    maxTokens: largestLimit(wishes),
    emulate: planEmulation(wishes, view, context, warnings),
    recall: { responseId: null, itemIds: [], callIds: lacksTools ? callIdsOf(items) : bareCallIds },
    lacksTools,
    warnings: warnings.all(),
    sealedBy,
    pathStyle: 'dots',
    codexRequest: (recalled) => {
      const input = withReasoning(items, recalled.reasoningByCallId);
      const tools = lacksTools ? restoredTools(items, recalled.tools, style.names) : parts.tools;
      return codexRequest(
        { ...parts, tools, options, input: repairHistory(input, context.digest) },
        context.upstream,
      );
    },
    encoder: (stamp) => createMessagesEncoder(style, stamp),
    reply: (answer, stamp) => messagesReply(answer, style, stamp),
    memories: ({ output }) => callMemories(output, parts.tools, style.names),
  };
}

interface Understood {
  readonly conversation: Conversation;
  readonly parts: Omit<CodexRequestParts, 'input'>;
  readonly style: AnswerStyle;
}

function understand(request: MessagesBody, context: OpenContext, warnings: WarningLog): Understood {
  const model = context.resolveModel(request.model);
  const names = createToolNames(context.digest);
  const list = toolList(request.tools ?? [], request.messages, warnings);
  const plan = readTools(list, request.tool_choice ?? null, { names, warnings });
  const reading = { names, warnings, model: model.slug, definition: plan.definition };
  const conversation = readConversation(request.messages, reading);
  const [first] = conversation.items;
  if (!first) throw invalidRequest('messages: there is no content to answer', 'messages');
  const instructions = instructionsFor(
    [systemText(request.system ?? '', reading), model.preset?.instructions],
    [first],
    context.upstream,
  );
  const effort = conversation.effort ?? request.output_config?.effort ?? null;
  const reasons = context.upstream.reasons(model.slug);
  const thinking = planThinking({ thinking: request.thinking ?? null, effort, model, reasons }, warnings);
  const beginning = (): string => JSON.stringify([model.slug, instructions, plan.tools, first]);
  const parts = {
    model: model.slug,
    instructions,
    tools: plan.tools,
    toolChoice: plan.choice,
    parallelToolCalls: plan.parallel,
    reasoning: thinking.reasoning,
    text: textOptions(request, model),
    include: [],
    promptCacheKey: cacheKey(request, context, beginning),
    serviceTier: serviceTierOf(request, model),
  };
  const { speed, context_management: edits } = request;
  const style = {
    model,
    names,
    display: thinking.display,
    speed: speed ?? null,
    isJson: parts.text.format !== undefined,
    declaresEdits: edits !== undefined && edits !== null,
  };
  return { conversation, parts, style };
}

function serviceTierOf({ speed }: MessagesBody, { preset }: ResolvedModel): 'priority' | undefined {
  const tier = speed ?? preset?.serviceTier;
  return tier === 'fast' || tier === 'priority' ? 'priority' : undefined;
}

function textOptions(request: MessagesBody, { preset }: ResolvedModel): TextOptions {
  const verbosity = preset?.verbosity;
  const rest = verbosity === undefined ? {} : { verbosity };
  const format = request.output_config?.format ?? request.output_format;
  if (!format) return rest;
  const schema = objectSchema(format.schema);
  return { ...rest, format: { type: 'json_schema', name: 'output', schema, strict: isOpenAiStrict(schema) } };
}

/**
 * A session is a key by itself. A user has many conversations, so their beginning is part of a user's key; it is the
 * whole tool list as text and built only when it is needed.
 */
function cacheKey(
  { metadata }: MessagesBody,
  { sessionId, cacheScope: scope, digest }: OpenContext,
  beginning: () => string,
): string {
  const userId = metadata?.user_id ?? '';
  const session = sessionId || sessionOf(userId);
  const parts = session
    ? { candidates: [session], beginning: '', scope }
    : { candidates: [], beginning: `${userId}\n${beginning()}`, scope };
  return promptCacheKey(parts, digest);
}

/** Claude Code puts a JSON document with its session into `metadata.user_id`; other clients a plain name. */
function sessionOf(userId: string): string | null {
  if (!userId.startsWith('{')) return null;
  try {
    const parsed: unknown = JSON.parse(userId);
    const session = isRecord(parsed) ? parsed['session_id'] : null;
    return typeof session === 'string' ? session : null;
  } catch {
    return null; // a plain name that looks like JSON
  }
}
