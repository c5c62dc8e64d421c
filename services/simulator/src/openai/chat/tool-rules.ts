import type { Reply } from '../../http/reply.ts';
import { asObject, asObjects, asText, type JsonObject } from '../../json.ts';
import { invalidValue, missing, modelError } from '../../model-layer/refusal.ts';
import type { Rule } from '../../model-layer/rule.ts';
import { toToolChoice, toTools } from './request.ts';

const TYPES = ['function', 'custom'] as const;

interface WithTools {
  readonly body: JsonObject;
}

/** What the API refuses in the tools of a chat request. */
export const CHAT_TOOL_RULES: readonly Rule<WithTools>[] = [
  {
    name: 'each tool is of a known type and has a name',
    source: 'openai/openai-cookbook#1248',
    check: ({ body }) => {
      for (const [index, tool] of asObjects(body['tools']).entries()) {
        const refusal = refuseTool(tool, `tools[${index}]`);
        if (refusal !== undefined) return refusal;
      }
      return undefined;
    },
  },
  {
    name: 'what chooses among tools needs tools',
    source: 'dapr/dapr-agents#248',
    check: ({ body }) => {
      if (toTools(body).length > 0) return undefined;
      const param = ['tool_choice', 'parallel_tool_calls', 'function_call'].find(
        (name) => (body[name] ?? undefined) !== undefined && body[name] !== 'none',
      );
      return param === undefined
        ? undefined
        : modelError({
            message: `Invalid value for '${param}': '${param}' is only allowed when '${param === 'function_call' ? 'functions' : 'tools'}' are specified.`,
            param,
          });
    },
  },
  {
    name: 'the chosen tool is declared',
    source: 'as in the Responses API',
    check: ({ body }) => {
      const { type, name } = asObject(toToolChoice(body));
      const names = toTools(body).map((tool) => tool['name']);
      return type === undefined || type === 'allowed_tools' || names.includes(name)
        ? undefined
        : modelError({
            message: `Tool choice '${asText(name)}' not found in 'tools' parameter.`,
            param: 'tool_choice',
          });
    },
  },
];

function refuseTool(tool: JsonObject, path: string): Reply | undefined {
  const { type } = tool;
  if (type === undefined) return missing(`${path}.type`);
  if (!TYPES.some((known) => known === type)) return invalidValue(type, TYPES, `${path}.type`);
  const place = `${path}.${asText(type)}`;
  const declared = tool[asText(type)];
  if (declared === undefined) return missing(place);
  return asText(asObject(declared)['name']) === '' ? missing(`${place}.name`) : undefined;
}
