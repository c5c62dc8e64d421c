import { z } from 'zod';
import type { CodexTool, ToolChoice } from '../../codex/request.ts';
import type { ToolNames } from '../../codex/tool-names.ts';
import { FaultError, invalidRequest } from '../../fault.ts';
import { isRecord } from '../../record.ts';
import { parseBody } from '../field-path.ts';
import type { ChatRequest, TaggedObject } from './schema.ts';

/** A tool that is meant: by type and, if it has one, by its upstream name. */
type ToolReference = Readonly<{ type: string; name?: string }>;

/**
 * `tool_choice`, or the older `function_call`.
 *
 * @throws FaultError when it names a tool that the request does not declare
 */
export function readToolChoice(
  request: ChatRequest,
  tools: readonly CodexTool[],
  names: ToolNames,
): ToolChoice | undefined {
  const { tool_choice: choice, function_call: legacy } = request;
  if (choice === 'required' && tools.length === 0)
    throw invalidRequest("'tool_choice' is 'required', but there are no tools.", 'tool_choice');
  if (typeof choice === 'string') return choice;
  if (choice) return chosen(choice, tools, names);
  if (typeof legacy === 'string') return legacy;
  if (!legacy) return undefined;
  const reference = { type: 'function', name: names.toUpstream(legacy.name) };
  return declared(reference, tools, 'function_call');
}

const allowedSchema = z.object({
  allowed_tools: z.object({
    mode: z.enum(['auto', 'required']),
    tools: z.array(z.looseObject({ type: z.string() })).min(1),
  }),
});

function chosen(choice: TaggedObject, tools: readonly CodexTool[], names: ToolNames): ToolChoice {
  if (choice.type !== 'allowed_tools')
    return declared(referenceOf(choice, names, 'tool_choice'), tools, 'tool_choice');
  // Flat is the Responses form: its `mode` and `tools` stand beside `type`.
  const { mode, tools: allowed } = parseBody(
    allowedSchema,
    isRecord(choice['allowed_tools']) ? choice : { allowed_tools: choice },
    'brackets',
    ['tool_choice'],
  ).allowed_tools;
  const references = allowed.map((tool, index) =>
    referenceOf(tool, names, `tool_choice.allowed_tools.tools[${index}]`),
  );
  references.forEach((reference) => declared(reference, tools, 'tool_choice'));
  return { type: 'allowed_tools', mode, tools: references };
}

/** `{type, function: {name}}` and `{type, custom: {name}}`, or the flat form with the name beside the type. */
function referenceOf(raw: TaggedObject, names: ToolNames, param: string): ToolReference {
  const { type } = raw;
  if (type.startsWith('web_search')) return { type: 'web_search' };
  if (type !== 'function' && type !== 'custom')
    throw new FaultError({
      kind: 'unsupported_value',
      message: `A tool choice of type '${type}' is not supported here.`,
      param: `${param}.type`,
    });
  const inner = raw[type];
  const name = isRecord(inner) ? inner['name'] : raw['name'];
  if (typeof name !== 'string')
    throw invalidRequest(`Missing required parameter: '${param}.${type}.name'.`, `${param}.${type}.name`);
  return { type, name: names.toUpstream(name) };
}

/** The upstream refuses a choice that is not there with a message about names the client never wrote. */
function declared(reference: ToolReference, tools: readonly CodexTool[], param: string): ToolReference {
  const { type, name } = reference;
  if (tools.some((tool) => tool.type === type && (name === undefined || tool['name'] === name)))
    return reference;
  throw invalidRequest(`'${param}' names a tool that is not in 'tools'.`, param);
}
