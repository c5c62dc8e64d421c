// The commands that `npm start` prints: each works as it stands, pasted into another terminal.

/**
 * @typedef {object} PrintedCommand
 * @property {string} title
 * @property {string} [first] what has to be installed before, once
 * @property {string} command
 */

/**
 * @param {{ url: string, apiKey: string, model: string }} stack
 * @returns {PrintedCommand[]}
 */
export function printedCommands({ url, apiKey, model }) {
  return [
    ...curlCommands({ url, apiKey, model }),
    ...sdkCommands({ url, apiKey, model }),
    ...agentCommands({ url, apiKey, model }),
  ];
}

/** @param {{ url: string, apiKey: string, model: string }} stack */
function curlCommands({ url, apiKey, model }) {
  const head = (/** @type {string} */ path, /** @type {string} */ flags) =>
    `curl ${flags} ${url}${path} -H 'authorization: Bearer ${apiKey}'`;
  const post = (/** @type {string} */ path, /** @type {object} */ body, flags = '-sS') =>
    `${head(path, flags)} \\\n  -H 'content-type: application/json' -d '${JSON.stringify(body)}'`;
  const messages = [{ role: 'user', content: 'Say hello in five words.' }];
  return [
    { title: 'The models', command: head('/v1/models', '-sS') },
    { title: 'Chat Completions', command: post('/v1/chat/completions', { model, messages }) },
    {
      title: 'Chat Completions, streamed',
      command: post('/v1/chat/completions', { model, messages, stream: true }, '-sSN'),
    },
    { title: 'Responses', command: post('/v1/responses', { model, input: 'Say hello in five words.' }) },
    {
      title: 'Responses, streamed',
      command: post('/v1/responses', { model, input: 'Say hello in five words.', stream: true }, '-sSN'),
    },
    { title: 'Messages', command: post('/v1/messages', { model, max_tokens: 1024, messages }) },
    {
      title: 'Messages, streamed',
      command: post('/v1/messages', { model, max_tokens: 1024, messages, stream: true }, '-sSN'),
    },
  ];
}

/** @param {{ url: string, apiKey: string, model: string }} stack */
function sdkCommands({ url, apiKey, model }) {
  return [
    {
      title: 'OpenAI SDK',
      first: 'npm install openai',
      command: script(`
import OpenAI from 'openai';
const client = new OpenAI({ baseURL: '${url}/v1', apiKey: '${apiKey}' });
const response = await client.responses.create({ model: '${model}', input: 'Say hello in five words.' });
console.log(response.output_text);`),
    },
    {
      title: 'Anthropic SDK',
      first: 'npm install @anthropic-ai/sdk',
      command: script(`
import Anthropic from '@anthropic-ai/sdk';
const client = new Anthropic({ baseURL: '${url}', apiKey: '${apiKey}' });
const messages = [{ role: 'user', content: 'Say hello in five words.' }];
const stream = client.messages.stream({ model: '${model}', max_tokens: 1024, messages });
for await (const event of stream) if (event.type === 'content_block_delta') process.stdout.write(event.delta.text ?? '');
console.log();`),
    },
  ];
}

/** @param {string} source */
function script(source) {
  return `node --input-type=module <<'END'${source}\nEND`;
}

/** @param {{ url: string, apiKey: string, model: string }} stack */
function agentCommands({ url, apiKey, model }) {
  const provider = `{name="codex-gateway",base_url="${url}/v1",wire_api="responses",env_key="CODEX_GATEWAY_API_KEY"}`;
  return [
    {
      title: 'Codex CLI',
      first: 'npm install -g @openai/codex',
      command:
        `CODEX_GATEWAY_API_KEY=${apiKey} codex exec --skip-git-repo-check -m ${model} -c model_provider=codex-gateway \\\n` +
        `  -c 'model_providers.codex-gateway=${provider}' 'Say hello in five words.'`,
    },
    {
      title: 'Claude Code',
      first: 'npm install -g @anthropic-ai/claude-code',
      // an API key of the person's own would win over the token; Codex models hold 272,000 tokens, not the million
      // that Claude Code assumes of a model that it does not know
      command:
        `ANTHROPIC_API_KEY= ANTHROPIC_BASE_URL=${url} ANTHROPIC_AUTH_TOKEN=${apiKey} \\\n` +
        `  CLAUDE_CODE_MAX_CONTEXT_TOKENS=272000 CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC=1 \\\n` +
        `  claude --model ${model} -p 'Say hello in five words.'`,
    },
  ];
}

/**
 * @param {readonly PrintedCommand[]} commands
 * @returns {string} the commands as text, each below its title as a shell comment
 */
export function commandsAsText(commands) {
  return commands
    .map(({ title, first, command }) => `# ${title}${first ? ` (once before: ${first})` : ''}\n${command}\n`)
    .join('\n');
}
