import { z } from 'zod';
import type { CodexTool, ToolChoice } from '../../codex/request.ts';
import { createToolIndex, type ToolIndex, type ToolReference } from '../../codex/tool-index.ts';
import type { ToolNames } from '../../codex/tool-names.ts';
import { isRecord } from '../../record.ts';
import { fieldPath, parseBody } from '../field-path.ts';
import { listOf } from '../lists.ts';
import { invalidValue, missingParameter, unsupportedValue } from '../openai-refusals.ts';
import type { ChatRequest, TaggedObject } from './schema.ts';

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
    throw invalidValue('tool_choice', "it is 'required', but there are no tools");
  if (typeof choice === 'string') return choice;
  if (choice) return chosen(choice, createToolIndex(tools), names);
  if (typeof legacy === 'string') return legacy;
  if (!legacy) return undefined;
  const reference = { type: 'function', name: names.toUpstream(legacy.name) };
  return declared(reference, createToolIndex(tools), 'function_call');
}

const allowedSchema = z.object({
  mode: z.enum(['auto', 'required']),
  tools: listOf(z.looseObject({ type: z.string() }), 1),
});

function chosen(choice: TaggedObject, index: ToolIndex, names: ToolNames): ToolChoice {
  if (choice.type !== 'allowed_tools')
    return declared(referenceOf(choice, names, 'tool_choice'), index, 'tool_choice');
  // Flat is the Responses form: its `mode` and `tools` stand beside `type`.
  const flat = !isRecord(choice['allowed_tools']);
  const place = ['tool_choice', ...(flat ? [] : ['allowed_tools'])];
  const given = flat ? choice : choice['allowed_tools'];
  const { mode, tools: allowed } = parseBody(allowedSchema, given, 'brackets', place);
  const references = allowed.map((tool, at) => {
    const param = fieldPath([...place, 'tools', at], 'brackets');
    return declared(referenceOf(tool, names, param), index, param);
  });
  return { type: 'allowed_tools', mode, tools: references };
}

/** `{type, function: {name}}` and `{type, custom: {name}}`, or the flat form with the name beside the type. */
function referenceOf(raw: TaggedObject, names: ToolNames, param: string): ToolReference {
  const { type } = raw;
  if (type.startsWith('web_search')) return { type: 'web_search' };
  if (type !== 'function' && type !== 'custom')
    throw unsupportedValue(`${param}.type`, `a choice of type '${type}' is not available here`);
  const inner = raw[type];
  const name = isRecord(inner) ? inner['name'] : raw['name'];
  if (typeof name !== 'string') throw missingParameter(`${param}.${type}.name`);
  return { type, name: names.toUpstream(name) };
}

/** The upstream refuses a choice that is not there with a message about names the client never wrote. */
function declared(reference: ToolReference, index: ToolIndex, param: string): ToolReference {
  if (index(reference)) return reference;
  throw invalidValue(param, 'it names a tool that is not declared');
}
