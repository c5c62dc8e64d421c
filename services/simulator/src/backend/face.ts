import { inWords } from '../model-layer/refusal.ts';
import type { Face } from '../model-layer/rule.ts';
import { detail } from './refusal.ts';

const ITEM_TYPES = [
  'message',
  'reasoning',
  'function_call',
  'function_call_output',
  'custom_tool_call',
  'custom_tool_call_output',
  'local_shell_call',
  'local_shell_call_output',
  'tool_search_call',
  'tool_search_output',
  'web_search_call',
  'image_generation_call',
  'compaction',
  'compaction_summary',
  'compaction_trigger',
  'context_compaction',
  'additional_tools',
  'agent_message',
  'configuration_update',
  'item_reference',
  'shell_call',
  'shell_call_output',
  'apply_patch_call',
  'apply_patch_call_output',
  'program',
  'program_output',
] as const;

/** Members that each tool type may have. */
const TOOLS: Readonly<Record<string, readonly string[]>> = {
  function: ['name', 'description', 'strict', 'parameters', 'defer_loading', 'output_schema'],
  custom: ['name', 'description', 'format', 'defer_loading'],
  namespace: ['name', 'description', 'tools'],
  tool_search: ['execution', 'description', 'parameters'],
  web_search: [
    'external_web_access',
    'indexed_web_access',
    'filters',
    'user_location',
    'search_context_size',
    'search_content_types',
  ],
  local_shell: [],
  shell: ['environment'],
  apply_patch: [],
  image_generation: ['output_format', 'size', 'quality', 'background', 'model', 'action', 'partial_images'],
};

/** What the backend lets through to the model layer. */
export const CODEX_FACE: Face = {
  roles: ['assistant', 'developer', 'user'],
  itemTypes: ITEM_TYPES,
  tools: new Map(Object.entries(TOOLS)),
  unknownTool: (type) => detail(`Unsupported tool type: ${type === undefined ? 'None' : inWords(type)}`),
};
