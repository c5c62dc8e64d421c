import { promptCacheKey } from '../../codex/cache-key.ts';
import { callIdsOf, repairHistory } from '../../codex/history.ts';
import { withReasoning } from '../../codex/reasoning-replay.ts';
import { codexRequest, instructionsFor } from '../../codex/request.ts';
import { restoredTools } from '../../codex/restored-tools.ts';
import { createToolNames } from '../../codex/tool-names.ts';
import { readFormat, withJsonHint } from '../answer-format.ts';
import type { Exchange, OpenContext } from '../dialect.ts';
import { largestLimit, planEmulation } from '../emulated.ts';
import { parseBody } from '../field-path.ts';
import { callMemories } from '../memories.ts';
import { invalidValue } from '../openai-refusals.ts';
import { createWarningLog } from '../warnings.ts';
import { answerStyle } from './answer-style.ts';
import { createChatEncoder } from './encoder.ts';
import { declareUnhonoured } from './honoured.ts';
import { readConversation, type Conversation } from './messages.ts';
import { PARAGRAPH } from './prose.ts';
import { readReasoning } from './reasoning.ts';
import { chatReply } from './reply.ts';
import { chatRequestSchema, type ChatRequest } from './schema.ts';
import { readTools, type ToolPlan } from './tools.ts';

/**
 * Reads a Chat Completions body.
 *
 * @throws FaultError 400 with the field's place as `messages[1].role`
 */
export function openChat(body: unknown, context: OpenContext): Exchange {
  const request = parseBody(chatRequestSchema, body, 'brackets');
  const warnings = createWarningLog();
  declareUnhonoured(request, body, warnings);
  const model = context.resolveModel(request.model);
  const names = createToolNames(context.digest);
  const plan = readTools(request, names);
  const conversation = readConversation(request.messages, names);
  const { turns } = conversation;
  const items = turns.flat();
  if (items.length === 0) throw invalidValue('messages', 'there is no content to answer');
  const instructions = instructionsFor(
    [conversation.instructions, model.preset?.instructions],
    items,
    context.upstream,
  );
  const display = context.options.chat.reasoning;
  const verbosity = request.verbosity ?? model.preset?.verbosity;
  const format = readFormat(request.response_format, ['response_format'], ['json_schema']);
  const parts = {
    model: model.slug,
    instructions,
    tools: plan.tools,
    toolChoice: plan.choice,
    parallelToolCalls: plan.parallel,
    reasoning: readReasoning(request, model, display, warnings),
    text: { ...(verbosity && { verbosity }), ...(format && { format }) },
    include: [],
    promptCacheKey: cacheKeyOf(request, context, {
      preamble: JSON.stringify([instructions, plan.tools]),
      beginning: JSON.stringify([model.slug, turns[0]]),
    }),
    serviceTier: isPriority(request.service_tier ?? model.preset?.serviceTier)
      ? ('priority' as const)
      : undefined,
  };
  const lacksTools = wantsTools(plan, conversation);
  const style = answerStyle(request, names, plan, display);
  const view = { commentaryIsVisible: !style.json, separator: style.json ? '' : PARAGRAPH };
  const { stop, max_completion_tokens, max_tokens, max_output_tokens } = request;
  const wishes = { stop: { stop }, limits: { max_completion_tokens, max_tokens, max_output_tokens } };
  return {
    model,
    wantsStream: wantsStream(request),
    maxTokens: largestLimit(wishes),
    emulate: planEmulation(wishes, view, context, warnings),
    recall: { responseId: null, itemIds: [], callIds: callIdsOf(items) },
    lacksTools,
    warnings: warnings.all(),
    pathStyle: 'brackets',
    codexRequest: (recalled) => {
      const input = withJsonHint(withReasoning(items, recalled.reasoningByCallId), format);
      const tools = lacksTools ? restoredTools(items, recalled.tools, names) : plan.tools;
      return codexRequest({ ...parts, tools, input: repairHistory(input, context.digest) }, context.upstream);
    },
    encoder: (stamp) => createChatEncoder(style, stamp),
    reply: (answer, stamp) => chatReply(answer, style, stamp),
    memories: keepsNothing(request) ? null : ({ output }) => callMemories(output, plan.tools, names),
  };
}

/** @throws FaultError when there are options for a stream that is not asked for, as the API does */
function wantsStream({ stream, stream_options: options }: ChatRequest): boolean {
  if (options && stream !== true)
    throw invalidValue('stream_options', "it is only allowed when 'stream' is true");
  return stream === true;
}

/** Calls of the old `functions` form are not restored: their client could not read an answer with `tool_calls`. */
function wantsTools({ tools, choice }: ToolPlan, { legacy }: Conversation): boolean {
  return tools.length === 0 && choice !== 'none' && !legacy;
}

/** To leave `store` out is no such wish: it is about what the API keeps for its user. */
function keepsNothing({ store }: ChatRequest): boolean {
  return store === false;
}

interface CacheKeySource {
  /** What all conversations of one application share. */
  readonly preamble: string;
  /** What one of them starts with. */
  readonly beginning: string;
}

function cacheKeyOf(request: ChatRequest, context: OpenContext, source: CacheKeySource): string {
  const user = request.user || request.safety_identifier;
  const candidates = [request.prompt_cache_key, context.sessionId, user && `${user}\n${source.preamble}`];
  const beginning = `${source.preamble}\n${source.beginning}`;
  return promptCacheKey({ candidates, beginning, scope: context.cacheScope }, context.digest);
}

/** `fast` is the Codex CLI's name for it; no other tier is taken by the backend. */
function isPriority(tier: string | undefined): boolean {
  return tier === 'priority' || tier === 'fast';
}
