/**
 * Bodies with the members, types and order of members that Claude Code 2.1.329 sends, with texts of our own. Between
 * two turns it moves the cache marker, turns the block list of its system message into a string and sends the first
 * system block with another suffix for another conversation.
 */

const marker = { cache_control: { type: 'ephemeral' } };
const draft = 'https://json-schema.org/draft/2020-12/schema';

type Block = Readonly<Record<string, unknown>>;

export interface Script {
  /** What followed the first user message, as the client sends it back. */
  readonly history?: readonly Block[];
}

function tool(name: string, properties: Readonly<Record<string, unknown>>): Block {
  return {
    name,
    description: `What ${name} does, in a sentence of the fixture.`,
    input_schema: {
      $schema: draft,
      type: 'object',
      properties,
      required: Object.keys(properties).slice(0, 1),
      additionalProperties: false,
    },
  };
}

const text = { type: 'string' };

const shellTool = tool('Bash', { command: text, description: text, timeout: { type: 'number' } });
const readTool = tool('Read', { file_path: text });
export function claudeCodeBody({ history = [] }: Script = {}) {
  const environment = 'The environment of the fixture: a folder and a date.';
  const isFirst = history.length === 0;
  return {
    model: 'gpt-5.5',
    messages: [
      {
        role: 'user',
        content: [
          { type: 'text', text: '<system-reminder>A reminder of the fixture.</system-reminder>' },
          { type: 'text', text: 'Print a greeting.' },
        ],
      },
      {
        role: 'system',
        content: isFirst ? [{ type: 'text', text: environment, ...marker }] : environment,
      },
      ...history,
    ],
    system: [
      { type: 'text', text: 'x-anthropic-billing-header: cc_version=2.1.329.abc; cc_entrypoint=sdk-cli;' },
      { type: 'text', text: 'You are the agent of the fixture.', ...marker },
      { type: 'text', text: 'Its rules, as a second block.', ...marker },
    ],
    tools: [shellTool, readTool],
    metadata: {
      user_id:
        '{"device_id":"device-1","account_uuid":"","session_id":"11111111-2222-4333-8444-555555555555"}',
    },
    max_tokens: 32_000,
    thinking: { type: 'adaptive', display: 'updates' },
    context_management: { edits: [{ type: 'clear_thinking_20251015', keep: 'all' }] },
    output_config: { effort: 'high' },
    stream: true,
  };
}

/** A turn of the assistant as Claude Code sends it back. */
export function assistantTurn(...blocks: readonly Block[]): Block {
  return { role: 'assistant', content: blocks };
}

export function toolResult(id: string, content: unknown): Block {
  return {
    role: 'user',
    content: [{ tool_use_id: id, type: 'tool_result', content, is_error: false, ...marker }],
  };
}
