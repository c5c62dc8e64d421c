import type { CodexTool, ToolChoice } from '../../codex/request.ts';
import type { ToolNames } from '../../codex/tool-names.ts';
import { FaultError, invalidRequest } from '../../fault.ts';
import type { WarningLog } from '../warnings.ts';
import { fieldPath } from '../field-path.ts';
import { clientTool } from './client-tools.ts';
import type { Place } from './content-parts.ts';
import { isOpenAiStrict, objectSchema } from './json-schema.ts';
import type { AnthropicToolChoice } from './schema.ts';
import type { PlacedTool, ToolList } from './tool-list.ts';
import type { Tool } from './tool-schema.ts';

export interface ToolPlan {
  readonly tools: readonly CodexTool[];
  readonly choice: ToolChoice | undefined;
  readonly parallel: boolean;
  /** A declared function tool as one line of JSON, for results that only name it, in their order; null when there is none. */
  readonly definition: (toolName: string) => string | null;
}

export interface ToolContext {
  readonly names: ToolNames;
  readonly warnings: WarningLog;
}

/** Claude Code's stand-in for all deferred tools; its own description says never to call it. */
const PLACEHOLDER = 'DeferredToolPlaceholder';

const webSearch = /^web_search_\d{8}$/;
const webFetch = /^web_fetch_\d{8}$/;
const toolSearch = /^tool_search_tool_/;

/**
 * @throws FaultError for a tool that cannot be offered, or a choice that names none of them
 */
export function readTools(
  list: ToolList,
  choice: AnthropicToolChoice | null,
  context: ToolContext,
): ToolPlan {
  const offered = offeredTools(list, choice).map((placed) => readTool(placed, context));
  const upstream = withoutRepeatedSearch(offered.filter((tool) => tool !== null));
  refuseRepeatedNames(upstream);
  return {
    tools: upstream,
    choice: choice ? toolChoice(choice, upstream, context.names) : undefined,
    parallel: choice?.disable_parallel_tool_use !== true,
    definition: createDefinitions(list.tools),
  };
}

/** Deferred tools count once something has asked for them; a search tool of the API, which is not here, would load any. */
function offeredTools(
  { tools, loaded }: ToolList,
  choice: AnthropicToolChoice | null,
): readonly PlacedTool[] {
  const chosen = choice?.type === 'tool' ? choice.name : null;
  const searched = tools.some(({ tool: { type } }) => typeof type === 'string' && toolSearch.test(type));
  return tools.filter(({ tool: { name, defer_loading: deferred } }) => {
    if (name === PLACEHOLDER) return false;
    if (deferred !== true || searched) return true;
    return typeof name === 'string' && (name === chosen || loaded.has(name));
  });
}

/** Null for a tool that is left out. */
function readTool({ tool, place }: PlacedTool, context: ToolContext): CodexTool | null {
  const { type, allowed_callers: callers } = tool;
  if (callers && !callers.includes('direct')) {
    context.warnings.dropped('tools.allowed_callers'); // only code that runs on the API's side may call it
    return null;
  }
  if (type === null || type === undefined || type === 'custom') return customTool(tool, place, context);
  if (toolSearch.test(type)) return null;
  if (webSearch.test(type)) return webSearchTool(tool, context);
  if (webFetch.test(type)) {
    context.warnings.dropped('web_fetch');
    return { type: 'web_search' }; // it can open pages too
  }
  const known = clientTool(tool);
  if (!known) throw unsupportedTool(type, place);
  return functionTool(required(tool.name, [...place, 'name']), known, context);
}

function customTool(tool: Tool, place: Place, context: ToolContext): CodexTool {
  const name = required(tool.name, [...place, 'name']);
  const schema = objectSchema(required(tool.input_schema, [...place, 'input_schema']));
  const strict = tool.strict === true && isOpenAiStrict(schema);
  if (tool.strict === true && !strict) context.warnings.dropped('tools.strict');
  return functionTool(name, { description: tool.description, parameters: schema, strict }, context);
}

interface FunctionTool {
  readonly description: string | null | undefined;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly strict?: boolean;
}

function functionTool(
  name: string,
  { description, parameters, strict = false }: FunctionTool,
  { names }: ToolContext,
): CodexTool {
  return {
    type: 'function',
    name: names.toUpstream(name),
    ...(typeof description === 'string' && { description }),
    parameters,
    strict,
  };
}

function webSearchTool(tool: Tool, { warnings }: ToolContext): CodexTool {
  const { allowed_domains: domains, user_location: location } = tool;
  if (tool.blocked_domains && tool.blocked_domains.length > 0) warnings.dropped('blocked_domains');
  if (typeof tool.max_uses === 'number') warnings.dropped('max_uses');
  return {
    type: 'web_search',
    ...(domains && domains.length > 0 && { filters: { allowed_domains: domains } }),
    ...(location && { user_location: location }),
  };
}

/** Search and fetch are the same tool upstream: it is offered once. */
function withoutRepeatedSearch(tools: readonly CodexTool[]): readonly CodexTool[] {
  const search = tools.find(({ type }) => type === 'web_search');
  return tools.filter((tool) => tool.type !== 'web_search' || tool === search);
}

function refuseRepeatedNames(tools: readonly CodexTool[]): void {
  const names = tools.flatMap((tool) => (tool.type === 'function' ? [tool['name']] : []));
  if (new Set(names).size < names.length) throw invalidRequest('tools: tool names must be unique', 'tools');
}

function toolChoice(choice: AnthropicToolChoice, tools: readonly CodexTool[], names: ToolNames): ToolChoice {
  switch (choice.type) {
    case 'auto':
      return 'auto';
    case 'none':
      return 'none';
    case 'any':
      if (tools.length === 0)
        throw invalidRequest('tool_choice: there are no tools to choose', 'tool_choice');
      return 'required';
    case 'tool':
      return namedTool(choice.name, tools, names);
  }
}

function namedTool(name: string, tools: readonly CodexTool[], names: ToolNames): ToolChoice {
  const upstreamName = names.toUpstream(name);
  if (tools.some((tool) => tool.type === 'function' && tool['name'] === upstreamName))
    return { type: 'function', name: upstreamName };
  const searches = name === 'web_search' || name === 'web_fetch';
  if (searches && tools.some(({ type }) => type === 'web_search')) return { type: 'web_search' };
  throw invalidRequest(`tool_choice.name: '${name}' is not among the tools`, 'tool_choice.name');
}

/**
 * A definition is told once, after that its name is enough: a body of a megabyte that refers to one long definition
 * again and again would become gigabytes.
 */
function createDefinitions(tools: readonly PlacedTool[]): ToolPlan['definition'] {
  const known = new Map(tools.toReversed().map(({ tool }) => [tool.name, tool]));
  const told = new Set<string>();
  return (name) => {
    const tool = known.get(name);
    if (!tool?.input_schema) return null;
    if (told.has(name)) return JSON.stringify({ name });
    told.add(name);
    const { description, input_schema: schema } = tool;
    return JSON.stringify({ description, name, parameters: objectSchema(schema) });
  };
}

function required<Value>(value: Value | null | undefined, place: Place): Value {
  if (value !== null && value !== undefined) return value;
  const param = fieldPath(place, 'dots');
  throw invalidRequest(`${param}: Field required`, param);
}

function unsupportedTool(type: string, place: Place): FaultError {
  const param = fieldPath([...place, 'type'], 'dots');
  return new FaultError({
    kind: 'unsupported_value',
    message: `${param}: '${type}' is not available here`,
    param,
  });
}
