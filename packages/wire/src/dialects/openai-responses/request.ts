import { promptCacheKey } from '../../codex/cache-key.ts';
import { repairHistory } from '../../codex/history.ts';
import type { InputItem } from '../../codex/items.ts';
import { withReasoning } from '../../codex/reasoning-replay.ts';
import {
  codexRequest,
  instructionsFor,
  type CodexRequest,
  type CodexTool,
  type ReasoningOptions,
  type TextOptions,
} from '../../codex/request.ts';
import { restoredTools } from '../../codex/restored-tools.ts';
import type { ToolNames } from '../../codex/tool-names.ts';
import { withJsonHint, type Format } from '../answer-format.ts';
import type { OpenContext, Recalled, ResolvedModel } from '../dialect.ts';
import { effortFor, wishedEffort } from '../model-effort.ts';
import { invalidValue } from '../openai-refusals.ts';
import type { WarningLog } from '../warnings.ts';
import { resolveReference, type Draft } from './input-items.ts';
import { missing } from './missing.ts';
import type { ResponsesRequest } from './schema.ts';
import type { Choice, Tools } from './tools.ts';

/** A request as understood, before anything is recalled for it. */
export interface Understood {
  readonly request: ResponsesRequest;
  readonly model: ResolvedModel;
  readonly drafts: readonly Draft[];
  readonly names: ToolNames;
  readonly tools: Tools;
  /** It declares none and does not forbid calls. */
  readonly lacksTools: boolean;
  readonly toolChoice: Choice;
  readonly reasoning: ReasoningOptions;
  readonly format: Format | null;
  readonly text: TextOptions;
  readonly include: readonly string[];
  readonly serviceTier: 'priority' | undefined;
}

/** @throws FaultError when something that the request refers to is not known any more */
export function buildRequest(understood: Understood, recalled: Recalled, context: OpenContext): CodexRequest {
  const { request, model, toolChoice } = understood;
  const items = [...historyOf(request, recalled), ...ownItems(understood, recalled)];
  if (items.length === 0) throw invalidValue('input', 'there is nothing in it that can be answered');
  const tools = understood.lacksTools
    ? restoredTools(items, recalled.tools, understood.names)
    : understood.tools.sent;
  const instructions = instructionsFor(
    [request.instructions, model.preset?.instructions],
    items,
    context.upstream,
  );
  const parts = {
    model: model.slug,
    instructions,
    input: repairHistory(withJsonHint(items, understood.format), context.digest),
    tools,
    toolChoice: toolChoice.sent,
    parallelToolCalls: request.parallel_tool_calls ?? true,
    reasoning: understood.reasoning,
    text: understood.text,
    include: understood.include,
    promptCacheKey: cacheKey({ ...understood, items, tools }, context),
    serviceTier: understood.serviceTier,
  };
  return codexRequest(parts, context.upstream);
}

/** @throws FaultError when the response that the request goes on from is not known any more */
function historyOf(request: ResponsesRequest, recalled: Recalled): readonly InputItem[] {
  const id = request.previous_response_id;
  const { history } = recalled;
  if (typeof id !== 'string' || history.length > 0) return history;
  throw missing(recalled, {
    kind: 'previous_response_not_found',
    message: `Previous response with id '${id}' not found.`,
    param: 'previous_response_id',
  });
}

/**
 * What the request itself adds to its conversation: references resolved, and the reasoning before its calls put back
 * for clients that keep none of it.
 *
 * @throws FaultError for a reference to an item that is not known any more
 */
export function ownItems({ drafts }: Understood, recalled: Recalled): readonly InputItem[] {
  const items = drafts.flatMap((draft) => resolveReference(draft, recalled) ?? []);
  return items.some((item) => item.type === 'reasoning')
    ? items
    : withReasoning(items, recalled.reasoningByCallId);
}

interface Conversation extends Pick<Understood, 'request' | 'model'> {
  readonly items: readonly InputItem[];
  readonly tools: readonly CodexTool[];
}

function cacheKey({ request, model, items, tools }: Conversation, context: OpenContext): string {
  const { instructions, prompt_cache_key, user, safety_identifier } = request;
  const person = user ?? safety_identifier ?? null;
  const setting = JSON.stringify([instructions ?? null, tools]);
  // All up to the user's first words: the same in every turn of a conversation.
  const firstWords = items.findIndex(isUserMessage);
  return promptCacheKey(
    {
      candidates: [prompt_cache_key, context.sessionId, person && `${person}\n${setting}`],
      beginning: JSON.stringify([model.slug, setting, items.slice(0, firstWords + 1)]),
      scope: context.cacheScope,
    },
    context.digest,
  );
}

function isUserMessage(item: InputItem): boolean {
  return item.type === 'message' && item.role === 'user';
}

/** `auto` and `standard` are what happens anyway; the mode cannot be sent. */
export function readReasoningOptions(
  request: ResponsesRequest,
  model: ResolvedModel,
  warnings: WarningLog,
): ReasoningOptions {
  const options = request.reasoning ?? {};
  const { wish, field } = wishedEffort(request, 'reasoning.effort');
  const effort = effortFor(wish ?? model.effort, model, { field, warnings });
  const summary = options.summary ?? options.generate_summary ?? model.preset?.summary;
  const context = options.context ?? 'auto';
  if ((options.mode ?? 'standard') !== 'standard') warnings.dropped('reasoning.mode');
  return {
    ...(effort !== null && { effort }),
    ...(summary !== undefined && { summary }),
    ...(context !== 'auto' && { context }),
  };
}

export function textOptions(
  { verbosity: wished }: NonNullable<ResponsesRequest['text']>,
  format: Format | null,
  { preset }: ResolvedModel,
): TextOptions {
  const verbosity = wished ?? preset?.verbosity;
  return { ...(verbosity !== undefined && { verbosity }), ...(format && { format }) };
}

const knownIncludes: ReadonlySet<string> = new Set([
  'reasoning.encrypted_content',
  'web_search_call.action.sources',
  'web_search_call.results',
]);

export function readInclude(include: ResponsesRequest['include'], warnings: WarningLog): readonly string[] {
  const wanted = include ?? [];
  if (wanted.some((name) => !knownIncludes.has(name))) warnings.dropped('include');
  return wanted.filter((name) => knownIncludes.has(name));
}

/** Only `priority` (which the Codex CLI calls fast) can be sent; the default is not sent. */
export function readServiceTier(
  tier: ResponsesRequest['service_tier'],
  warnings: WarningLog,
): 'priority' | undefined {
  if (tier === 'priority' || tier === 'fast') return 'priority';
  if ((tier ?? 'auto') !== 'auto' && tier !== 'default') warnings.dropped('service_tier');
  return undefined;
}
