import type { Reply } from '../http/reply.ts';
import { type JsonObject, asObject, asObjects, asText } from '../json.ts';
import { declaredTools } from '../model/tools.ts';
import { missing, modelError, tooLong } from './refusal.ts';
import type { Face, LayerContext, Rule } from './rule.ts';

const NAMED_TYPES = new Set(['function', 'custom', 'namespace']);
const MAX_NAME_LENGTH = 128;
const NAME_PATTERN = /^[a-zA-Z0-9_-]+$/;

export const TOOL_RULES: readonly Rule<LayerContext>[] = [
  {
    name: 'each tool is of a known type and well formed',
    source: 'codex-pooler 2026-10-06 and 2026-10-07, codex2api#219',
    check: ({ body, face }) => {
      for (const [index, tool] of asObjects(body['tools']).entries()) {
        const refusal = refuseTool(tool, `tools[${index}]`, face);
        if (refusal !== undefined) return refusal;
      }
      return undefined;
    },
  },
  {
    name: 'tool_choice can be met',
    source: 'hermes-agent#49008, CLIProxyAPI#3036',
    check: ({ body }) => {
      const choice = body['tool_choice'];
      const hasTools =
        asObjects(body['tools']).length > 0 ||
        asObjects(body['input']).some((item) => item['type'] === 'additional_tools');
      if (choice === 'required' && !hasTools) {
        return modelError({
          message: "Tool choice 'required' must be specified with 'tools' parameter",
          param: 'tool_choice',
        });
      }
      const name = missingChoice(asObject(choice), body);
      if (name === undefined) return undefined;
      return modelError({
        message: `Tool choice '${name}' not found in 'tools' parameter.`,
        param: 'tool_choice',
      });
    },
  },
];

function refuseTool(tool: JsonObject, path: string, face: Face): Reply | undefined {
  const type = tool['type'];
  const members = typeof type === 'string' ? face.tools.get(type) : undefined;
  if (members === undefined) return face.unknownTool(type, path);
  const name = tool['name'];
  if (typeof type === 'string' && NAMED_TYPES.has(type)) {
    if (typeof name !== 'string' || name === '') return missing(`${path}.name`);
    if (name.length > MAX_NAME_LENGTH) return tooLong(`${path}.name`, MAX_NAME_LENGTH, name.length);
    if (!NAME_PATTERN.test(name)) {
      return modelError({
        message: `Invalid '${path}.name': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.`,
        param: `${path}.name`,
        code: 'invalid_value',
      });
    }
  }
  const unknown = Object.keys(tool).find((key) => key !== 'type' && !members.includes(key));
  if (unknown === undefined) return undefined;
  return modelError({
    message: `Unknown parameter: '${path}.${unknown}'.`,
    param: `${path}.${unknown}`,
    code: 'unknown_parameter',
  });
}

/** The name in a `tool_choice` object that no declared tool has. */
function missingChoice(choice: JsonObject, body: JsonObject): string | undefined {
  const type = asText(choice['type']);
  if (type === '') return undefined;
  const callable = declaredTools(body['tools'], asObjects(body['input'])).map(({ name }) => name);
  const hosted = asObjects(body['tools']).map((tool) => asText(tool['type']));
  if (type === 'function' || type === 'custom') {
    const name = asText(choice['name']);
    return callable.includes(name) ? undefined : name;
  }
  if (type === 'allowed_tools') {
    return asObjects(choice['tools'])
      .map((entry) => asText(entry['name']) || asText(entry['type']))
      .find((name) => !callable.includes(name) && !hosted.includes(name));
  }
  return hosted.includes(type) ? undefined : type;
}
