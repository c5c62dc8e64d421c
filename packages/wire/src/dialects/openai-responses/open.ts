import { callIdsOf } from '../../codex/history.ts';
import { createToolNames, type ToolNames } from '../../codex/tool-names.ts';
import { readFormat } from '../answer-format.ts';
import type { Exchange, OpenContext, Recall } from '../dialect.ts';
import { largestLimit, planEmulation, type TextView } from '../emulated.ts';
import { parseBody } from '../field-path.ts';
import { invalidValue, missingParameter } from '../openai-refusals.ts';
import { createWarningLog, type WarningLog } from '../warnings.ts';
import { asksForSummary } from './codex-cli.ts';
import { createResponsesEncoder } from './encoder.ts';
import { declareUnheeded, refuseUnsupported } from './fields.ts';
import { isPassed, readInput, type Draft } from './input-items.ts';
import { responsesReply } from './reply.ts';
import {
  buildRequest,
  readInclude,
  readReasoningOptions,
  readServiceTier,
  textOptions,
  type Understood,
} from './request.ts';
import { responseMemories } from './memories.ts';
import { requestEcho } from './response-object.ts';
import { requestSchema, type ResponsesRequest } from './schema.ts';
import { readToolChoice, readTools } from './tools.ts';

/** Reads a body of `POST /responses`. @throws FaultError naming the field */
export function openResponses(body: unknown, context: OpenContext): Exchange {
  const request = parseBody(requestSchema, body, 'brackets');
  refuseUnsupported(request);
  const warnings = createWarningLog();
  declareUnheeded(request, body, warnings);
  const names = createToolNames(context.digest);
  const understood = understand(request, context, { names, warnings });
  const { model } = understood;
  const echo = requestEcho(understood);
  const { max_output_tokens, max_completion_tokens, max_tokens } = request;
  const wishes = { stop: {}, limits: { max_output_tokens, max_completion_tokens, max_tokens } };
  return {
    model,
    wantsStream: request.stream === true,
    maxTokens: largestLimit(wishes),
    emulate: planEmulation(wishes, everyText, context, warnings),
    recall: recallFor(understood),
    lacksTools: understood.lacksTools,
    warnings: warnings.all(),
    pathStyle: 'brackets',
    codexRequest: (recalled) => buildRequest(understood, recalled, context),
    encoder: (stamp) => createResponsesEncoder({ echo, names, stamp }),
    reply: (answer, stamp) => responsesReply(answer, { echo, names, stamp }),
    memories: request.store === false ? null : (answer) => responseMemories(understood, answer),
  };
}

/** Every message is told as it is; SDKs join their texts as `output_text`. */
const everyText: TextView = { commentaryIsVisible: true, separator: '' };

interface Readers {
  readonly names: ToolNames;
  readonly warnings: WarningLog;
}

function understand(request: ResponsesRequest, context: OpenContext, readers: Readers): Understood {
  const { names, warnings } = readers;
  const drafts = readInput(inputOf(request), readers);
  const tools = readTools(request.tools, names);
  const choosable = { tools: tools.sent, more: drafts.some(carriesTools) };
  const model = context.resolveModel(request.model);
  const format = readFormat(request.text?.format, ['text', 'format'], []);
  return {
    request,
    model,
    drafts,
    names,
    tools,
    lacksTools:
      tools.sent.length === 0 &&
      !choosable.more &&
      request.tool_choice !== 'none' &&
      !asksForSummary(request),
    toolChoice: readToolChoice(request.tool_choice, names, choosable),
    reasoning: readReasoningOptions(request, model, warnings),
    format,
    text: textOptions(request.text ?? {}, format, model),
    include: readInclude(request.include, warnings),
    serviceTier: readServiceTier(request.service_tier ?? model.preset?.serviceTier, warnings),
  };
}

/** @throws FaultError when there is nothing to answer */
function inputOf({ input, previous_response_id }: ResponsesRequest): string | readonly unknown[] {
  const given = input ?? [];
  if (given.length > 0 || typeof previous_response_id === 'string') return given;
  throw (input ?? null) === null ? missingParameter('input') : invalidValue('input', 'it must not be empty');
}

/** Newer models of the Codex CLI get their tools as an item of the input. */
function carriesTools(draft: Draft): boolean {
  return draft.kind === 'item' && isPassed(draft.item, 'additional_tools');
}

/** Reasoning is looked up by call only for clients that send none of it themselves. */
function recallFor({ request, drafts, lacksTools }: Understood): Recall {
  const items = drafts.flatMap((draft) => (draft.kind === 'item' ? [draft.item] : []));
  const keepsReasoning = items.some((item) => item.type === 'reasoning');
  return {
    responseId: request.previous_response_id ?? null,
    itemIds: drafts.flatMap((draft) => (draft.kind === 'reference' ? [draft.id] : [])),
    callIds: keepsReasoning && !lacksTools ? [] : callIdsOf(items),
  };
}
