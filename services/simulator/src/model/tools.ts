import { type JsonObject, asObject, asObjects, asText } from '../json.ts';
import { literally } from './pattern.ts';

/** A tool the model may call: a function with a schema, or a custom tool that takes free text. */
export interface DeclaredTool {
  readonly kind: 'function' | 'custom';
  readonly name: string;
  /** The namespace it was declared in (`namespace` tools, `additional_tools` of lite models). */
  readonly namespace?: string;
  readonly description: string;
  readonly parameters: JsonObject;
}

/** Every callable tool of a request, from `tools` and from `additional_tools` items, namespaces opened. */
export function declaredTools(tools: unknown, input: readonly JsonObject[]): readonly DeclaredTool[] {
  const found = openTools(asObjects(tools));
  for (const item of input) {
    if (item['type'] === 'additional_tools') found.push(...openTools(asObjects(item['tools'])));
  }
  return found;
}

function openTools(tools: readonly JsonObject[], namespace?: string): DeclaredTool[] {
  return tools.flatMap((tool) => {
    const type = tool['type'];
    if (type === 'namespace') return openTools(asObjects(tool['tools']), asText(tool['name']));
    if (type !== 'function' && type !== 'custom') return [];
    const declared = {
      kind: type,
      name: asText(tool['name']),
      description: asText(tool['description']),
      parameters: asObject(tool['parameters']),
    } as const;
    return [namespace === undefined ? declared : { ...declared, namespace }];
  });
}

/** What `tool_choice` leaves to the model. */
export interface ToolPolicy {
  readonly tools: readonly DeclaredTool[];
  readonly mustCall: boolean;
}

export function toolPolicy(choice: unknown, tools: readonly DeclaredTool[]): ToolPolicy {
  if (choice === 'none') return { tools: [], mustCall: false };
  if (choice === 'required') return { tools, mustCall: true };
  const { type, name, mode, tools: allowed } = asObject(choice);
  if (type === 'function' || type === 'custom') {
    return { tools: tools.filter((tool) => tool.name === name), mustCall: true };
  }
  if (type === 'allowed_tools') {
    const names = new Set(asObjects(allowed).map((entry) => entry['name']));
    return { tools: tools.filter((tool) => names.has(tool.name)), mustCall: mode === 'required' };
  }
  return { tools, mustCall: false };
}

// verbs and fillers in tool names that say nothing about the subject
const FILLERS = new Set(
  'get set fetch find lookup look up search create update delete remove list read write edit run exec execute do make send check compute calculate current tool function api the a an by for of in on to new my use call view show info data'.split(
    ' ',
  ),
);

// a coding agent declares a dozen tools or more; guessing there would call tools nobody asked for
const MAX_TOOLS_FOR_GUESSING = 8;

/** The tools a prompt asks for: named outright, or (with few tools declared) by the subject in their name. */
export function toolsAskedFor(prompt: string, tools: readonly DeclaredTool[]): readonly DeclaredTool[] {
  const named = tools.filter((tool) => isNamed(prompt, tool.name));
  if (named.length > 0) return named;
  if (tools.length > MAX_TOOLS_FOR_GUESSING) return [];
  const words = new Set(wordsOf(prompt));
  return tools.filter((tool) => {
    const subject = wordsOf(tool.name).filter((word) => !FILLERS.has(word));
    return subject.length > 0 && subject.every((word) => words.has(word) || words.has(`${word}s`));
  });
}

function isNamed(prompt: string, name: string): boolean {
  const literal = literally(name);
  if (/[_A-Z]./.test(name.slice(1)) && new RegExp(String.raw`\b${literal}\b`).test(prompt)) return true;
  const asked = String.raw`\b(?:call|use|using|invoke|run) (?:the )?["'\x60]?${literal}\b|\b${literal}["'\x60]? (?:tool|function)\b`;
  return new RegExp(asked, 'i').test(prompt);
}

function wordsOf(text: string): readonly string[] {
  return text
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
}
