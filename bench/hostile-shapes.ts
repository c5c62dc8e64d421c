/** A body that is as bad as its size allows. */
export interface Shape {
  readonly name: string;
  readonly path: string;
  /** The body, with the nasty part repeated so often. */
  readonly body: (times: number) => unknown;
}

const chat = '/v1/chat/completions';
const responses = '/v1/responses';
const messages = '/v1/messages';
const model = 'gpt-5.5';
const hi = [{ role: 'user', content: 'Hi.' }];

function list(times: number, element: (index: number) => unknown): readonly unknown[] {
  return Array.from({ length: times }, (_, index) => element(index));
}

function members(times: number, value: unknown): object {
  return Object.fromEntries(list(times, (index) => [`m${index}`, value]) as [string, unknown][]);
}

const inChat = (name: string, nasty: (times: number) => object): Shape => ({
  name: `chat: ${name}`,
  path: chat,
  body: (times) => ({ model, messages: hi, ...nasty(times) }),
});
const inResponses = (name: string, nasty: (times: number) => object): Shape => ({
  name: `responses: ${name}`,
  path: responses,
  body: (times) => ({ model, input: 'Hi.', ...nasty(times) }),
});
const inMessages = (name: string, nasty: (times: number) => object): Shape => ({
  name: `messages: ${name}`,
  path: messages,
  body: (times) => ({ model, max_tokens: 100, messages: hi, ...nasty(times) }),
});

/** As deep as a body may be, side by side. */
const deep = (times: number): unknown =>
  list(Math.ceil(times / 500), () => JSON.parse(`${'['.repeat(500)}${']'.repeat(500)}`) as unknown);
const tool = (name: string) => ({ type: 'function', function: { name, parameters: {} } });
const flatTool = (name: string) => ({ type: 'function', name });
const messagesTool = (name: string, more = {}) => ({ name, input_schema: { type: 'object' }, ...more });
const long = 'x'.repeat(65);

const chatShapes: readonly Shape[] = [
  inChat('messages', (n) => ({ messages: list(n, () => ({ role: 'user', content: 'a' })) })),
  inChat('messages that are numbers', (n) => ({ messages: list(n, () => 1) })),
  inChat('messages without a role', (n) => ({ messages: list(n, () => ({})) })),
  inChat('messages of a wrong role', (n) => ({ messages: list(n, () => ({ role: 'x' })) })),
  inChat('system messages', (n) => ({ messages: list(n, () => ({ role: 'system', content: 'a' })) })),
  inChat('parts', (n) => ({
    messages: [{ role: 'user', content: list(n, () => ({ type: 'text', text: 'a' })) }],
  })),
  inChat('parts that are wrong', (n) => ({ messages: [{ role: 'user', content: list(n, () => ({})) }] })),
  inChat('parts without type in a list of wrong ones', (n) => ({
    messages: [{ role: 'user', content: list(n, () => 1) }],
  })),
  inChat('images', (n) => ({
    messages: [
      { role: 'user', content: list(n, () => ({ type: 'image_url', image_url: 'https://a.example' })) },
    ],
  })),
  inChat('a data URL of semicolons', (n) => ({
    messages: [{ role: 'user', content: [{ type: 'image_url', image_url: `data:image/${';'.repeat(n)}` }] }],
  })),
  inChat('a data URL of ;base64', (n) => ({
    messages: [
      { role: 'user', content: [{ type: 'image_url', image_url: `data:image/${';base64'.repeat(n)}` }] },
    ],
  })),
  inChat('a file of blanks', (n) => ({
    messages: [{ role: 'user', content: [{ type: 'file', file: { file_data: `data:${' '.repeat(n)},A` } }] }],
  })),
  inChat('a file of blanks alone', (n) => ({
    messages: [{ role: 'user', content: [{ type: 'file', file: { file_data: `${' '.repeat(n)}A` } }] }],
  })),
  inChat('calls without an answer', (n) => ({
    messages: [
      ...hi,
      {
        role: 'assistant',
        tool_calls: list(n, (i) => ({
          id: `c${i}`,
          type: 'function',
          function: { name: 'f', arguments: '' },
        })),
      },
    ],
  })),
  inChat('calls of one id', (n) => ({
    messages: [
      ...hi,
      {
        role: 'assistant',
        tool_calls: list(n, () => ({ id: 'c', type: 'function', function: { name: 'f', arguments: '' } })),
      },
    ],
  })),
  inChat('calls of odd names', (n) => ({
    messages: [
      ...hi,
      {
        role: 'assistant',
        tool_calls: list(n, (i) => ({
          id: 'c',
          type: 'function',
          function: { name: `ö${i}`, arguments: '' },
        })),
      },
    ],
  })),
  inChat('calls with odd ids', (n) => ({
    messages: [
      ...hi,
      {
        role: 'assistant',
        tool_calls: list(n, (i) => ({
          id: `ö${i}`,
          type: 'function',
          function: { name: 'f', arguments: '' },
        })),
      },
    ],
  })),
  inChat('calls with many arguments', (n) => ({
    messages: [
      ...hi,
      {
        role: 'assistant',
        tool_calls: [
          { id: 'c', type: 'function', function: { name: 'f', arguments: JSON.stringify(members(n, 1)) } },
        ],
      },
    ],
  })),
  inChat('calls whose arguments are objects', (n) => ({
    messages: [
      ...hi,
      {
        role: 'assistant',
        tool_calls: list(n, () => ({
          id: 'c',
          type: 'function',
          function: { name: 'f', arguments: { a: 1 } },
        })),
      },
    ],
  })),
  inChat('answers without a call', (n) => ({
    messages: [...hi, ...list(n, (i) => ({ role: 'tool', tool_call_id: `c${i}`, content: '' }))],
  })),
  inChat('old calls', (n) => ({
    messages: [
      ...hi,
      ...list(n, () => ({ role: 'assistant', content: null, function_call: { name: 'f', arguments: '' } })),
    ],
  })),
  inChat('old calls, then old answers', (n) => ({
    messages: [
      ...hi,
      ...list(n / 2, () => ({
        role: 'assistant',
        content: null,
        function_call: { name: 'f', arguments: '' },
      })),
      ...list(n / 2, () => ({ role: 'function', name: 'f', content: '' })),
    ],
  })),
  inChat('old answers of other names', (n) => ({
    messages: [
      ...hi,
      ...list(n / 2, (i) => ({
        role: 'assistant',
        content: null,
        function_call: { name: `f${i}`, arguments: '' },
      })),
      ...list(n / 2, () => ({ role: 'function', name: 'g', content: '' })),
    ],
  })),
  inChat('turns of calls and answers', (n) => ({
    messages: [
      ...hi,
      ...list(n / 2, (i) => [
        {
          role: 'assistant',
          tool_calls: [{ id: `c${i}`, type: 'function', function: { name: 'f', arguments: '' } }],
        },
        { role: 'tool', tool_call_id: `c${i}`, content: '' },
      ]).flat(),
    ],
  })),
  inChat('tools', (n) => ({ tools: list(n, (i) => tool(`f${i}`)) })),
  inChat('tools of long names', (n) => ({ tools: list(n, (i) => tool(`${long}${i}`)) })),
  inChat('tools of one name', (n) => ({ tools: list(n, () => tool('f')) })),
  inChat('tools that are wrong', (n) => ({ tools: list(n, () => ({})) })),
  inChat('a choice of all tools', (n) => ({
    tools: list(n / 2, (i) => tool(`f${i}`)),
    tool_choice: {
      type: 'allowed_tools',
      allowed_tools: { mode: 'auto', tools: list(n / 2, (i) => tool(`f${n / 2 - 1 - i}`)) },
    },
  })),
  inChat('a schema with many properties', (n) => ({
    tools: [{ type: 'function', function: { name: 'f', parameters: { properties: members(n, {}) } } }],
  })),
  inChat('a deep schema', (n) => ({
    tools: [{ type: 'function', function: { name: 'f', parameters: { deep: deep(n) } } }],
  })),
  inChat('an answer format of many properties', (n) => ({
    response_format: {
      type: 'json_schema',
      json_schema: {
        name: 'a',
        strict: true,
        schema: { type: 'object', properties: members(n, {}), required: list(n, (i) => `m${i}`) },
      },
    },
  })),
  inChat('stop strings', (n) => ({ stop: list(4, (i) => `${'aaaaaaaaaaaaaaaaaaaa'.repeat(n / 20)}${i}`) })),
  inChat('stop strings, too many', (n) => ({ stop: list(n, (i) => `s${i}`) })),
  inChat('metadata', (n) => ({ metadata: members(n, 'a') })),
  inChat('metadata that is wrong', (n) => ({ metadata: members(n, 1) })),
  inChat('logit_bias', (n) => ({ logit_bias: members(n, 1) })),
  inChat('members that nobody knows', (n) => members(n, 1)),
  inChat('modalities', (n) => ({ modalities: list(n, () => 'text') })),
  inChat('a long model', (n) => ({ model: 'openai/'.repeat(n) })),
  inChat('a long model of efforts', (n) => ({ model: '-high'.repeat(n) })),
  inChat('a long user', (n) => ({ user: 'x'.repeat(n) })),
  inChat('a long key', (n) => ({ prompt_cache_key: 'x'.repeat(n) })),
  inChat('surrogates', (n) => ({ messages: [{ role: 'user', content: '\ud83d'.repeat(n) }] })),
  inChat('text of quotes and backslashes', (n) => ({
    messages: [{ role: 'user', content: '\\"'.repeat(n) }],
  })),
  inChat('deep content', (n) => ({ messages: [{ role: 'user', content: deep(n) }] })),
  inChat('a deep member that nobody knows', (n) => ({ x: deep(n) })),
  inChat('a list that nobody knows', (n) => ({ x: list(n, () => 0) })),
  inChat('objects that nobody knows', (n) => ({ x: list(n, () => ({})) })),
];

const responsesShapes: readonly Shape[] = [
  inResponses('items', (n) => ({ input: list(n, () => ({ role: 'user', content: 'a' })) })),
  inResponses('items that are numbers', (n) => ({ input: list(n, () => 1) })),
  inResponses('items that are empty', (n) => ({ input: list(n, () => ({})) })),
  inResponses('bare parts', (n) => ({ input: list(n, () => ({ type: 'input_text', text: '' })) })),
  inResponses('parts', (n) => ({
    input: [{ role: 'user', content: list(n, () => ({ type: 'input_text', text: 'a' })) }],
  })),
  inResponses('parts that are wrong', (n) => ({ input: [{ role: 'user', content: list(n, () => ({})) }] })),
  inResponses('items that are not known', (n) => ({ input: list(n, () => ({ type: 'x' })) })),
  inResponses('items that are left out', (n) => ({
    input: [...hi, ...list(n, () => ({ type: 'mcp_call' }))],
  })),
  inResponses('one item with many members', (n) => ({ input: [{ type: 'x', ...members(n, 1) }] })),
  inResponses('references', (n) => ({
    input: [...hi, ...list(n, (i) => ({ type: 'item_reference', id: `rs_${i}` }))],
  })),
  inResponses('references that must be there', (n) => ({ input: list(n, (i) => ({ id: `m${i}` })) })),
  inResponses('reasoning', (n) => ({
    input: [...hi, ...list(n, () => ({ type: 'reasoning', summary: [], encrypted_content: 'a' }))],
  })),
  inResponses('a summary', (n) => ({
    input: [...hi, { type: 'reasoning', encrypted_content: 'a', summary: list(n, () => ({ text: '' })) }],
  })),
  inResponses('calls without an answer', (n) => ({
    input: list(n, (i) => ({ type: 'function_call', call_id: `c${i}`, name: 'f', arguments: '' })),
  })),
  inResponses('calls of one id', (n) => ({
    input: list(n, () => ({ type: 'function_call', call_id: 'c', name: 'f', arguments: '' })),
  })),
  inResponses('calls of odd names and ids', (n) => ({
    input: list(n, (i) => ({ type: 'function_call', call_id: `ö${i}`, name: `ö${i}`, arguments: '' })),
  })),
  inResponses('answers of one id', (n) => ({
    input: [...hi, ...list(n, () => ({ type: 'function_call_output', call_id: 'c', output: '' }))],
  })),
  inResponses('calls, then their answers', (n) => ({
    input: [
      ...list(n / 2, (i) => ({ type: 'function_call', call_id: `c${i}`, name: 'f', arguments: '' })),
      ...list(n / 2, (i) => ({ type: 'function_call_output', call_id: `c${i}`, output: '' })),
    ],
  })),
  inResponses('calls and texts', (n) => ({
    input: list(n, (i) =>
      i % 2
        ? { role: 'user', content: '' }
        : { type: 'function_call', call_id: `c${i}`, name: 'f', arguments: '{"a":1}' },
    ),
  })),
  inResponses('answers of parts', (n) => ({
    input: [
      ...hi,
      {
        type: 'function_call_output',
        call_id: 'c',
        output: list(n, () => ({ type: 'input_text', text: '' })),
      },
    ],
  })),
  inResponses('additional tools', (n) => ({
    input: [...hi, { type: 'additional_tools', tools: list(n, (i) => flatTool(`f${i}`)) }],
  })),
  inResponses('tools', (n) => ({ tools: list(n, (i) => flatTool(`f${i}`)) })),
  inResponses('tools of long names', (n) => ({ tools: list(n, (i) => flatTool(`${long}${i}`)) })),
  inResponses('web searches', (n) => ({ tools: list(n, () => ({ type: 'web_search' })) })),
  inResponses('a choice of all tools', (n) => ({
    tools: list(n / 2, (i) => flatTool(`f${i}`)),
    tool_choice: {
      type: 'allowed_tools',
      mode: 'auto',
      tools: list(n / 2, (i) => flatTool(`f${n / 2 - 1 - i}`)),
    },
  })),
  inResponses('a schema with many properties', (n) => ({
    tools: [{ type: 'function', name: 'f', parameters: { properties: members(n, {}) } }],
  })),
  inResponses('includes', (n) => ({ include: list(n, () => 'reasoning.encrypted_content') })),
  inResponses('includes that nobody knows', (n) => ({ include: list(n, (i) => `x${i}`) })),
  inResponses('metadata', (n) => ({ metadata: members(n, 'a') })),
  inResponses('client_metadata', (n) => ({ client_metadata: members(n, 1) })),
  inResponses('client_metadata of a long turn', (n) => ({
    client_metadata: { 'x-codex-turn-metadata': '"request_kind":   '.repeat(n / 18) },
  })),
  inResponses('members that nobody knows', (n) => members(n, 1)),
  inResponses('json in capitals', (n) => ({
    input: [{ role: 'user', content: 'JSO'.repeat(n) }],
    text: { format: { type: 'json_object' } },
  })),
  inResponses('json without the word', (n) => ({
    input: list(n, () => ({ role: 'user', content: 'a' })),
    text: { format: { type: 'json_object' } },
  })),
];

const messagesShapes: readonly Shape[] = [
  inMessages('messages', (n) => ({ messages: list(n, () => ({ role: 'user', content: 'a' })) })),
  inMessages('messages that are empty', (n) => ({ messages: list(n, () => ({})) })),
  inMessages('system messages', (n) => ({
    messages: [...hi, ...list(n, () => ({ role: 'system', content: 'a' }))],
  })),
  inMessages('blocks', (n) => ({
    messages: [{ role: 'user', content: list(n, () => ({ type: 'text', text: 'a' })) }],
  })),
  inMessages('blocks that are wrong', (n) => ({
    messages: [{ role: 'user', content: list(n, () => ({ type: 'text' })) }],
  })),
  inMessages('blocks that nobody knows', (n) => ({
    messages: [
      {
        role: 'user',
        content: [...hi.map(() => ({ type: 'text', text: 'a' })), ...list(n, (i) => ({ type: `x${i}` }))],
      },
    ],
  })),
  inMessages('nested documents', (n) => ({
    messages: [
      {
        role: 'user',
        content: [
          {
            type: 'document',
            source: { type: 'content', content: list(n, () => ({ type: 'text', text: 'a' })) },
          },
        ],
      },
    ],
  })),
  inMessages('base64', (n) => ({
    messages: [
      {
        role: 'user',
        content: [
          { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'A'.repeat(n) } },
        ],
      },
    ],
  })),
  inMessages('base64 that ends badly', (n) => ({
    messages: [
      {
        role: 'user',
        content: [
          { type: 'image', source: { type: 'base64', media_type: 'image/png', data: `${'A'.repeat(n)}!` } },
        ],
      },
    ],
  })),
  inMessages('base64 of blanks', (n) => ({
    messages: [
      {
        role: 'user',
        content: [
          { type: 'image', source: { type: 'base64', media_type: 'image/png', data: ' '.repeat(n) } },
        ],
      },
    ],
  })),
  inMessages('results', (n) => ({
    messages: [
      ...hi,
      { role: 'user', content: list(n, (i) => ({ type: 'tool_result', tool_use_id: `c${i}` })) },
    ],
  })),
  inMessages('calls', (n) => ({
    messages: [
      ...hi,
      {
        role: 'assistant',
        content: list(n, (i) => ({ type: 'tool_use', id: `c${i}`, name: 'f', input: {} })),
      },
    ],
  })),
  inMessages('a call with many arguments', (n) => ({
    messages: [
      ...hi,
      { role: 'assistant', content: [{ type: 'tool_use', id: 'c', name: 'f', input: members(n, 1) }] },
    ],
  })),
  inMessages('a call with deep arguments', (n) => ({
    messages: [
      ...hi,
      { role: 'assistant', content: [{ type: 'tool_use', id: 'c', name: 'f', input: { deep: deep(n) } }] },
    ],
  })),
  inMessages('references to one tool', (n) => ({
    tools: [messagesTool('f', { description: 'x'.repeat(n * 10), defer_loading: true })],
    messages: [
      ...hi,
      {
        role: 'user',
        content: [
          {
            type: 'tool_result',
            tool_use_id: 'c',
            content: list(n / 2, () => ({ type: 'tool_reference', tool_name: 'f' })),
          },
        ],
      },
    ],
  })),
  inMessages('references to many tools', (n) => ({
    tools: list(n / 2, (i) => messagesTool(`f${i}`)),
    messages: [
      ...hi,
      {
        role: 'user',
        content: [
          {
            type: 'tool_result',
            tool_use_id: 'c',
            content: list(n / 2, (i) => ({ type: 'tool_reference', tool_name: `f${n / 2 - 1 - i}` })),
          },
        ],
      },
    ],
  })),
  inMessages('results that each refer to one tool', (n) => ({
    tools: [messagesTool('f', { description: 'x'.repeat(n * 10), defer_loading: true })],
    messages: [
      ...hi,
      {
        role: 'user',
        content: list(n / 4, (i) => ({
          type: 'tool_result',
          tool_use_id: `c${i}`,
          content: [{ type: 'tool_reference', tool_name: 'f' }],
        })),
      },
    ],
  })),
  inMessages('tools added and removed', (n) => ({
    tools: list(n / 4, (i) => messagesTool(`f${i}`)),
    messages: [
      ...hi,
      {
        role: 'system',
        content: list(n / 2, (i) => ({
          type: i % 2 ? 'tool_addition' : 'tool_removal',
          tool: { type: 'tool_reference', name: `f${i % (n / 4)}` },
          tools: [messagesTool(`g${i}`)],
        })),
      },
    ],
  })),
  inMessages('tools that the API searched', (n) => ({
    tools: list(n / 4, (i) => messagesTool(`f${i}`, { defer_loading: true })),
    messages: [
      ...hi,
      {
        role: 'assistant',
        content: list(n / 4, (i) => ({
          type: 'tool_search_tool_result',
          content: { tool_references: [{ tool_name: `f${i}` }] },
        })),
      },
    ],
  })),
  inMessages('thinking that is not ours', (n) => ({
    messages: [
      ...hi,
      { role: 'assistant', content: list(n, () => ({ type: 'thinking', thinking: '', signature: 'x' })) },
    ],
  })),
  inMessages('a long signature', (n) => ({
    messages: [
      ...hi,
      {
        role: 'assistant',
        content: [{ type: 'thinking', thinking: '', signature: `cgw1.${'A'.repeat(n)}` }],
      },
    ],
  })),
  inMessages('tools', (n) => ({ tools: list(n, (i) => messagesTool(`f${i}`)) })),
  inMessages('tools of long names', (n) => ({ tools: list(n, (i) => messagesTool(`${long}${i}`)) })),
  inMessages('a strict schema', (n) => ({
    tools: [
      messagesTool('f', {
        strict: true,
        input_schema: {
          type: 'object',
          additionalProperties: false,
          properties: members(n, {}),
          required: list(n, (i) => `m${n - 1 - i}`),
        },
      }),
    ],
  })),
  inMessages('an answer format of many properties', (n) => ({
    output_config: {
      format: {
        type: 'json_schema',
        schema: {
          type: 'object',
          additionalProperties: false,
          properties: members(n, {}),
          required: list(n, (i) => `m${n - 1 - i}`),
        },
      },
    },
  })),
  inMessages('stop sequences', (n) => ({ stop_sequences: list(n, (i) => `s${i}`) })),
  inMessages('stop sequences of one beginning', (n) => ({ stop_sequences: list(n, (i) => `light${i}`) })),
  inMessages('one long stop sequence', (n) => ({ stop_sequences: ['You asked'.repeat(n / 9)] })),
  inMessages('system blocks', (n) => ({ system: list(n, () => ({ type: 'text', text: 'a' })) })),
  inMessages('a user that is no JSON', (n) => ({ metadata: { user_id: `{${'x'.repeat(n)}` } })),
  inMessages('a user that is JSON', (n) => ({ metadata: { user_id: JSON.stringify(members(n, 1)) } })),
  inMessages('members that nobody knows', (n) => members(n, 1)),
  inMessages('MCP servers', (n) => ({ mcp_servers: list(n, () => ({})) })),
];

export const shapes: readonly Shape[] = [...chatShapes, ...responsesShapes, ...messagesShapes];

/** A body of a shape of about so many bytes. */
export function bodyOf({ body }: Shape, bytes: number): string {
  let times = 64;
  let text = JSON.stringify(body(times));
  for (let round = 0; round < 4; round++) {
    times = Math.max(4, Math.floor((times * bytes) / text.length / 4) * 4);
    text = JSON.stringify(body(times));
  }
  return text;
}
