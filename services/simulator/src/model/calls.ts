import { parseJson } from '../json.ts';
import type { AnswerItem } from './answer.ts';
import type { Conversation } from './conversation.ts';
import { type Directive, pick, withoutDirectives } from './directives.ts';
import { createHints, placesIn } from './hints.ts';
import type { ResponsesRequest } from './request.ts';
import { instanceOf } from './schema-instance.ts';
import { type DeclaredTool, toolPolicy, toolsAskedFor } from './tools.ts';

export interface CallQuestion {
  readonly request: ResponsesRequest;
  readonly conversation: Conversation;
  readonly directives: readonly Directive[];
  readonly tools: readonly DeclaredTool[];
}

/** The calls the model makes now; none when it has what it needs or no tool fits. */
export function chooseCalls(question: CallQuestion): readonly AnswerItem[] {
  const directed = directedCalls(question);
  if (directed !== undefined) return directed;
  const { request, conversation, tools } = question;
  const policy = toolPolicy(request.toolChoice, tools);
  const prompt = withoutDirectives(conversation.prompt);
  const asked = conversation.imagesInPrompt > 0 ? [] : toolsAskedFor(prompt, policy.tools);
  if (policy.mustCall) {
    const chosen = asked.length > 0 ? asked : policy.tools.slice(0, 1);
    return chosen
      .slice(0, request.parallelToolCalls ? chosen.length : 1)
      .map((tool) => guessedCall(tool, prompt));
  }
  if (conversation.answeredCalls.length > 0) return [];
  if (!request.parallelToolCalls) return asked.slice(0, 1).map((tool) => guessedCall(tool, prompt));
  return asked.flatMap((tool) => guessedCalls(tool, prompt));
}

/** `call` and `shell` directives that have no output yet in this turn; undefined when the prompt has none. */
function directedCalls({
  request,
  conversation,
  directives,
  tools,
}: CallQuestion): readonly AnswerItem[] | undefined {
  const wanted = directives.filter(({ verb }) => verb === 'call' || verb === 'shell');
  if (wanted.length === 0) return undefined;
  const { tools: allowed } = toolPolicy(request.toolChoice, tools);
  const made = conversation.answeredCalls.length;
  const isSequential = pick(directives, 'sequential') !== undefined || !request.parallelToolCalls;
  const due = isSequential ? wanted.slice(made, made + 1) : made === 0 ? wanted : [];
  return due.flatMap((directive) => {
    if (directive.verb === 'shell') return shellCall(directive.payload, allowed);
    if (directive.verb !== 'call') return [];
    const tool = allowed.find(({ name }) => name === directive.tool);
    return tool === undefined ? [] : [toCall(tool, directive.payload)];
  });
}

/** How each client's shell tool takes a command; `exec` is the script tool of the Codex CLI's newer models. */
const SHELL_PAYLOADS: Readonly<Record<string, (command: string) => string>> = {
  exec_command: (cmd) => JSON.stringify({ cmd }),
  Bash: (command) => JSON.stringify({ command }),
  bash: (command) => JSON.stringify({ command }),
  shell_command: (command) => JSON.stringify({ command }),
  run_command: (command) => JSON.stringify({ command }),
  exec: (cmd) => `const result = await tools.exec_command(${JSON.stringify({ cmd })});\ntext(result.output);`,
};

/** A command for whichever shell tool the client declared. */
function shellCall(command: string, tools: readonly DeclaredTool[]): readonly AnswerItem[] {
  for (const tool of tools) {
    const payload = SHELL_PAYLOADS[tool.name];
    if (payload !== undefined) return [toCall(tool, payload(command))];
  }
  return [];
}

function toCall(tool: DeclaredTool, payload: string): AnswerItem {
  const named = { name: tool.name, ...(tool.namespace === undefined ? {} : { namespace: tool.namespace }) };
  if (tool.kind === 'function') return { type: 'function_call', ...named, arguments: payload || '{}' };
  // a JSON string as payload is free text with its line breaks written as \n
  const parsed = payload.startsWith('"') ? parseJson(payload) : undefined;
  return { type: 'custom_tool_call', ...named, input: typeof parsed === 'string' ? parsed : payload };
}

/** "weather in Paris and London": one call for each place that the tool can be asked about. */
function guessedCalls(tool: DeclaredTool, prompt: string): readonly AnswerItem[] {
  const places = placesIn(prompt);
  if (tool.kind !== 'function' || places.length < 2 || !takesPlace(tool)) return [guessedCall(tool, prompt)];
  return places.map((place) => guessedCall(tool, `in ${place}`));
}

function takesPlace({ parameters }: DeclaredTool): boolean {
  const required = Array.isArray(parameters['required']) ? parameters['required'] : [];
  return required.some((name) => typeof name === 'string' && /^(?:location|city|place|town)$/i.test(name));
}

function guessedCall(tool: DeclaredTool, prompt: string): AnswerItem {
  const hints = createHints(prompt);
  if (tool.kind === 'custom') return toCall(tool, hints.textFor('input'));
  return toCall(tool, JSON.stringify(instanceOf(tool.parameters, hints) ?? {}));
}
