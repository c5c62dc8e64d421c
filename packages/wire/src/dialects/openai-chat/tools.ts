import { z } from 'zod';
import { hostedTool } from '../../codex/hosted-tools.ts';
import type { CodexTool, ToolChoice } from '../../codex/request.ts';
import type { ToolNames } from '../../codex/tool-names.ts';
import { isRecord } from '../../record.ts';
import { fieldPath, parseBody } from '../field-path.ts';
import { invalidValue, unsupportedValue } from '../openai-refusals.ts';
import type { Place } from './parts.ts';
import {
  functionDefinitionSchema,
  type ChatRequest,
  type FunctionDefinition,
  type TaggedObject,
} from './schema.ts';
import { readToolChoice } from './tool-choice.ts';

/** The tools of a request and how they may be used. */
export interface ToolPlan {
  readonly tools: readonly CodexTool[];
  readonly choice: ToolChoice | undefined;
  readonly parallel: boolean;
  /** The request used `functions`: answers have `function_call`, one at most. */
  readonly legacy: boolean;
}

/** A tool as declared: its client name, null for a hosted one. */
interface Declared {
  readonly name: string | null;
  readonly namePlace: Place;
  readonly tool: CodexTool;
}

export function readTools(request: ChatRequest, names: ToolNames): ToolPlan {
  const tools = request.tools ?? [];
  const functions = request.functions ?? [];
  const legacy = functions.length > 0;
  if (legacy && tools.length > 0)
    throw invalidValue('functions', "it is the older form of 'tools', only one of them can be sent");
  const declared = [
    ...tools.map((tool, index) => readTool(tool, ['tools', index], names)),
    ...functions.map((definition, index) =>
      functionTool({ ...definition, strict: false }, ['functions', index], names),
    ),
  ];
  refuseDuplicates(declared);
  const codexTools = [...declared.map(({ tool }) => tool), ...webSearchOf(request, declared)];
  return {
    tools: codexTools,
    choice: readToolChoice(request, codexTools, names),
    parallel: !legacy && (request.parallel_tool_calls ?? true),
    legacy,
  };
}

function readTool(tool: TaggedObject, at: Place, names: ToolNames): Declared {
  if (tool.type === 'function') {
    // The flat form is that of the Responses API; some clients send it here too.
    const nested = isRecord(tool['function']) || typeof tool['name'] !== 'string';
    const place = nested ? [...at, 'function'] : at;
    const definition = parseBody(
      functionDefinitionSchema,
      nested ? tool['function'] : tool,
      'brackets',
      place,
    );
    return functionTool(definition, place, names);
  }
  if (tool.type === 'custom') return customTool(tool, at, names);
  // every dated or preview name is today's `web_search`, the only one that the upstream knows
  if (tool.type.startsWith('web_search'))
    return { name: null, namePlace: at, tool: hostedTool({ ...tool, type: 'web_search' }) };
  const param = fieldPath([...at, 'type'], 'brackets');
  throw unsupportedValue(param, `tools of type '${tool.type}' are not available here`);
}

/** `strict` is always said, because the default of this API (false) is not that of the upstream. */
function functionTool(definition: FunctionDefinition, at: Place, names: ToolNames): Declared {
  const { name, description, parameters, strict } = definition;
  const tool = {
    type: 'function',
    name: names.toUpstream(name),
    ...(typeof description === 'string' && { description }),
    parameters: parametersOf(parameters ?? {}),
    strict: strict ?? false,
  };
  return { name, namePlace: [...at, 'name'], tool };
}

/** `$schema` is what schema generators add; the upstream does not need it. A function without parameters takes none. */
function parametersOf(schema: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { $schema: _, ...parameters } = schema;
  return Object.keys(parameters).length === 0 ? { type: 'object', properties: {} } : parameters;
}

const grammar = z.object({ definition: z.string(), syntax: z.string() });
const customSchema = z.object({
  name: z.string().min(1),
  description: z.string().nullish(),
  format: z
    .union([
      z.object({ type: z.literal('text') }),
      z.object({ type: z.literal('grammar'), grammar }),
      z.object({ type: z.literal('grammar'), ...grammar.shape }),
    ])
    .nullish(),
});

function customTool(raw: TaggedObject, at: Place, names: ToolNames): Declared {
  const nested = isRecord(raw['custom']) || typeof raw['name'] !== 'string';
  const place = nested ? [...at, 'custom'] : at;
  const { name, description, format } = parseBody(
    customSchema,
    nested ? raw['custom'] : raw,
    'brackets',
    place,
  );
  const tool = {
    type: 'custom',
    name: names.toUpstream(name),
    ...(typeof description === 'string' && { description }),
    ...(format && { format: 'grammar' in format ? { type: 'grammar', ...format.grammar } : format }),
  };
  return { name, namePlace: [...place, 'name'], tool };
}

/** `web_search_options` is the Chat form of the hosted tool; the place is one level deeper there. */
function webSearchOf(request: ChatRequest, declared: readonly Declared[]): readonly CodexTool[] {
  const options = request.web_search_options;
  if (!options || declared.some(({ tool }) => tool.type === 'web_search')) return [];
  const place = options.user_location?.approximate;
  return [
    {
      type: 'web_search',
      ...(options.search_context_size && { search_context_size: options.search_context_size }),
      ...(place && { user_location: { type: 'approximate', ...place } }),
    },
  ];
}

function refuseDuplicates(declared: readonly Declared[]): void {
  const seen = new Set<string>();
  for (const { name, namePlace } of declared) {
    if (name === null) continue;
    if (seen.has(name))
      throw invalidValue(fieldPath(namePlace, 'brackets'), `there are two tools named '${name}'`);
    seen.add(name);
  }
}
