import { z } from 'zod';
import { hostedTool } from '../../codex/hosted-tools.ts';
import type { CodexTool, ToolChoice } from '../../codex/request.ts';
import { createToolIndex, type ToolIndex, type ToolReference } from '../../codex/tool-index.ts';
import type { ToolNames } from '../../codex/tool-names.ts';
import { isRecord } from '../../record.ts';
import { fieldPath, parseBody } from '../field-path.ts';
import { anyObject, listOf } from '../lists.ts';
import { invalidValue, missingParameter, unsupportedValue } from '../openai-refusals.ts';
import type { ResponsesRequest } from './schema.ts';

type Path = readonly PropertyKey[];
type Loose = Readonly<Record<string, unknown>> & { readonly type: string };

export interface Tools {
  /** As the backend gets them. */
  readonly sent: readonly CodexTool[];
  /** As the answer repeats them: the client's names, every documented member present. */
  readonly echoed: readonly Readonly<Record<string, unknown>>[];
}

const named = z.object({ name: z.string().min(1), description: z.string().nullish() });
const functionSchema = named.extend({
  parameters: anyObject.nullish(),
  strict: z.boolean().nullish(),
  defer_loading: z.boolean().nullish(),
});
const customSchema = named.extend({
  format: z.looseObject({ type: z.string() }).nullish(),
  defer_loading: z.boolean().nullish(),
});

const namespaceSchema = named.extend({ name: z.string().regex(/^[\w-]{1,128}$/) });

/** Tools that run on a server which is not behind this endpoint. */
const unavailable =
  /^(file_search|code_interpreter|computer(_.*)?|image_generation|mcp|programmatic_tool_calling)$/;

/** Every dated or preview name is today's `web_search`, the only one that the upstream knows. */
function sentType(type: string): string {
  return type.startsWith('web_search') ? 'web_search' : type;
}

function typePath(at: Path): string {
  return fieldPath([...at, 'type'], 'brackets');
}

const noParameters = { type: 'object', properties: {} };

/** @throws FaultError for a tool that is malformed or runs nowhere here */
export function readTools(tools: ResponsesRequest['tools'], names: ToolNames): Tools {
  const read = (tools ?? []).map((tool, index) => readTool(tool, ['tools', index], names));
  return { sent: read.map(({ sent }) => sent), echoed: read.map(({ echoed }) => echoed) };
}

interface ReadTool {
  readonly sent: CodexTool;
  readonly echoed: Readonly<Record<string, unknown>>;
}

function readTool(tool: Loose, at: Path, names: ToolNames): ReadTool {
  if (tool.type === 'function') return readFunction(tool, at, names);
  if (tool.type === 'custom') return readCustom(tool, at, names);
  if (unavailable.test(tool.type))
    throw unsupportedValue(typePath(at), `tools of type '${tool.type}' are not available here`);
  if (tool.type === 'namespace') parseBody(namespaceSchema, tool, 'brackets', at);
  return { sent: hostedTool({ ...tool, type: sentType(tool.type) }), echoed: tool };
}

/** Some clients send the shape of Chat Completions, with the members under `function`. */
function readFunction(tool: Loose, at: Path, names: ToolNames): ReadTool {
  const { function: nested } = tool;
  const given = isRecord(nested)
    ? parseBody(functionSchema, nested, 'brackets', [...at, 'function'])
    : parseBody(functionSchema, tool, 'brackets', at);
  const { name, description, strict, defer_loading } = given;
  const parameters = given.parameters ?? noParameters;
  return {
    sent: {
      type: 'function',
      name: names.toUpstream(name),
      ...(typeof description === 'string' && { description }),
      parameters,
      ...(strict !== undefined && { strict }),
      ...(typeof defer_loading === 'boolean' && { defer_loading }),
    },
    echoed: { type: 'function', name, description: description ?? null, parameters, strict: strict ?? null },
  };
}

function readCustom(tool: Loose, at: Path, names: ToolNames): ReadTool {
  const { name, description, format, defer_loading } = parseBody(customSchema, tool, 'brackets', at);
  const rest = {
    ...(typeof description === 'string' && { description }),
    ...(format && { format }),
    ...(typeof defer_loading === 'boolean' && { defer_loading }),
  };
  return {
    sent: { type: 'custom', name: names.toUpstream(name), ...rest },
    echoed: { type: 'custom', name, ...rest },
  };
}

const choiceSchema = z.object({
  type: z.string(),
  name: z.string().nullish(),
  function: z.object({ name: z.string() }).nullish(),
});
const allowedSchema = z.object({
  mode: z.enum(['auto', 'required']),
  tools: listOf(choiceSchema),
});

export interface Choice {
  readonly sent: ToolChoice | undefined;
  readonly echoed: unknown;
}

/** The tools that a choice may name. */
export interface Choosable {
  readonly tools: readonly CodexTool[];
  /** Whether there are tools in the input, of which not everything is known. */
  readonly more: boolean;
}

/** @throws FaultError when a tool must be called that is not there: the upstream would say so of names of its own */
export function readToolChoice(
  choice: ResponsesRequest['tool_choice'],
  names: ToolNames,
  choosable: Choosable,
): Choice {
  if (choice === undefined || choice === null) return { sent: undefined, echoed: 'auto' };
  const hasTools = choosable.more || choosable.tools.length > 0;
  if (choice === 'required' && !hasTools)
    throw invalidValue('tool_choice', "it is 'required', but there are no tools");
  if (typeof choice === 'string') return { sent: choice, echoed: choice };
  const isDeclared = createDeclared(choosable);
  const read = (tool: Loose, at: Path): Pointer => {
    const pointer = readPointer(tool, names, at);
    if (isDeclared(pointer.sent)) return pointer;
    throw invalidValue(fieldPath(at, 'brackets'), 'it names a tool that is not declared');
  };
  if (choice.type !== 'allowed_tools') return read(choice, ['tool_choice']);
  const { mode, tools } = parseBody(allowedSchema, choice, 'brackets', ['tool_choice']);
  const pointers = tools.map((tool, index) => read(tool, ['tool_choice', 'tools', index]));
  return {
    sent: { type: 'allowed_tools', mode, tools: pointers.map(({ sent }) => sent) },
    echoed: { type: 'allowed_tools', mode, tools: pointers.map(({ echoed }) => echoed) },
  };
}

interface Pointer extends Choice {
  readonly sent: ToolReference;
}

/** Of these there may be many: the type alone names none of them. */
const callable: ReadonlySet<string> = new Set(['function', 'custom']);

/** `{type, name}` for one tool; the nested shape of Chat Completions is flattened. */
function readPointer(pointer: Loose, names: ToolNames, at: Path): Pointer {
  if (unavailable.test(pointer.type))
    throw unsupportedValue(typePath(at), `a choice of type '${pointer.type}' is not available here`);
  const given = parseBody(choiceSchema, pointer, 'brackets', at);
  const type = sentType(given.type);
  const name = given.function?.name ?? given.name ?? null;
  if (name === null && callable.has(type)) throw missingParameter(fieldPath([...at, 'name'], 'brackets'));
  if (name === null) return { sent: { type }, echoed: { type: given.type } };
  return { sent: { type, name: names.toUpstream(name) }, echoed: { type: given.type, name } };
}

/** Tools that stand inside of others are not looked for. */
function createDeclared({ tools, more }: Choosable): ToolIndex {
  const index = createToolIndex(tools);
  const bringsMore = index({ type: 'namespace' }) || index({ type: 'tool_search' });
  return (reference) => more || (bringsMore && callable.has(reference.type)) || index(reference);
}
