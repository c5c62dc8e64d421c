import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anthropicMessages } from '../../src/dialects/anthropic-messages/dialect.ts';
import { sealSignature } from '../../src/dialects/anthropic-messages/signature.ts';
import { nothingRecalled, type Exchange } from '../../src/dialects/dialect.ts';
import {
  assistantTurn,
  claudeCodeBody,
  deferredTool,
  placeholder,
  searchTool,
  shellTool,
  toolResult,
} from './claude-code.ts';
import { golden, json } from './golden.ts';
import { openContext } from '../open-context.ts';

function open(body: unknown, context = openContext()): Exchange {
  return anthropicMessages.open(body, context);
}

function upstreamOf(body: unknown) {
  return open(body).codexRequest(nothingRecalled);
}

const signature = sealSignature({
  encryptedContent: 'gAAAA-sealed',
  partLengths: [14, 6],
  model: 'gpt-5.5',
  account: 'account-1',
});
const thought = { type: 'thinking', thinking: 'Need the shell\n\nand so', signature };
const call = {
  type: 'tool_use',
  id: 'call_1',
  name: 'Bash',
  input: { command: 'echo hi', description: 'x' },
};
const afterOneCall = [
  assistantTurn(thought, { type: 'text', text: 'Running it.', citations: null }, call),
  toolResult('call_1', 'hi'),
];

test('the first turn of Claude Code goes upstream as recorded', (t) => {
  golden(t, json(upstreamOf(claudeCodeBody())), 'claude-code/first-turn.json');
});

test('the turn of Claude Code after a tool call goes upstream as recorded', (t) => {
  golden(t, json(upstreamOf(claudeCodeBody({ history: afterOneCall }))), 'claude-code/tool-turn.json');
});

test('the second turn repeats the first byte for byte, so that the prompt cache holds', () => {
  const { input: first, ...before } = upstreamOf(claudeCodeBody());
  const { input: second, ...after } = upstreamOf(claudeCodeBody({ history: afterOneCall }));
  assert.equal(JSON.stringify(after), JSON.stringify(before));
  assert.equal(JSON.stringify(second.slice(0, first.length)), JSON.stringify(first));
});

test('another conversation differs only from its first message on, whatever its billing line says', () => {
  const body = claudeCodeBody();
  const [billing, ...rest] = body.system;
  const other = { ...body, system: [{ ...billing, text: 'x-anthropic-billing-header: other' }, ...rest] };
  assert.deepEqual(upstreamOf(other), upstreamOf(body));
});

test('Claude Code asks for nothing in vain', () => {
  const body = { ...claudeCodeBody(), safeguards: [{ type: 'dangerous_tool_use' }] };
  assert.deepEqual(open(body).warnings, { dropped: [], clamped: [] });
});

test('a call that came back with its reasoning needs none from memory, one without does', () => {
  assert.deepEqual(open(claudeCodeBody({ history: afterOneCall })).recall.callIds, []);
  const bare = [assistantTurn(call), toolResult('call_1', 'hi')];
  assert.deepEqual(open(claudeCodeBody({ history: bare })).recall.callIds, ['call_1']);
});

function thoughtOf(account: string) {
  const seal = { encryptedContent: `of ${account}`, partLengths: [], model: 'gpt-5.5', account };
  return { type: 'thinking', thinking: '', signature: sealSignature(seal) };
}

test('of a conversation that has moved to another account only what that one sealed goes upstream', () => {
  const turns = ['account-1', 'account-2'].map((account) => assistantTurn(thoughtOf(account), call));
  const history = turns.flatMap((turn) => [turn, toolResult('call_1', 'hi')]);
  const exchange = open(claudeCodeBody({ history }));
  const seals = exchange
    .codexRequest(nothingRecalled)
    .input.flatMap((item) => ('encrypted_content' in item ? [item.encrypted_content] : []));
  assert.deepEqual([seals, exchange.sealedBy], [['of account-2'], 'account-2']);
  assert.deepEqual(exchange.recall.callIds, []);
  assert.equal(open(claudeCodeBody()).sealedBy, null);
});

test('remembered reasoning comes back before the turn whose calls it led to, once', () => {
  const calls = [call, { ...call, id: 'call_2' }];
  const history = [
    assistantTurn({ type: 'text', text: 'Running it.' }, ...calls),
    toolResult('call_1', 'a'),
    toolResult('call_2', 'b'),
  ];
  const reasoning = { type: 'reasoning', summary: [], encrypted_content: 'gAAAA-remembered' } as const;
  const reasoningByCallId = new Map([
    ['call_1', [reasoning]],
    ['call_2', [reasoning]],
  ]);
  const { input } = open(claudeCodeBody({ history })).codexRequest({ ...nothingRecalled, reasoningByCallId });
  assert.deepEqual(
    input.map((item) => ('type' in item ? item.type : null)),
    [
      'message',
      'message',
      'reasoning',
      'message',
      'function_call',
      'function_call',
      'function_call_output',
      'function_call_output',
    ],
  );
});

test('deferred tools stay out until a tool reference loads them, and the placeholder stays out for ever', (t) => {
  const before = [shellTool, searchTool, placeholder];
  const after = [shellTool, searchTool, deferredTool, { ...deferredTool, name: 'WebFetch' }, placeholder];
  const search = { type: 'tool_use', id: 'call_1', name: 'ToolSearch', input: { query: 'select:WebSearch' } };
  const found = [
    { type: 'tool_reference', tool_name: 'WebSearch' },
    { type: 'tool_reference', tool_name: 'NeverDeclared' },
  ];
  const history = [assistantTurn(search), toolResult('call_1', found)];
  assert.deepEqual(toolNames(claudeCodeBody({ tools: before })), ['Bash', 'ToolSearch']);
  assert.deepEqual(toolNames(claudeCodeBody({ tools: after, history })), ['Bash', 'ToolSearch', 'WebSearch']);
  const { input } = upstreamOf(claudeCodeBody({ tools: after, history }));
  golden(t, json(input.slice(-2)), 'claude-code/tool-search.json');
});

function toolNames(body: unknown): readonly unknown[] {
  return (upstreamOf(body).tools ?? []).map((tool) => tool['name']);
}

test('images and PDFs inside a tool result go upstream as parts of the output', (t) => {
  const image = { type: 'image', source: { type: 'base64', data: 'aW1n', media_type: 'image/png' } };
  const pdf = { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: 'cGRm' } };
  const history = [assistantTurn(call), toolResult('call_1', [image, pdf])];
  golden(t, json(upstreamOf(claudeCodeBody({ history })).input.at(-1)), 'claude-code/tool-media.json');
});

function keyOf(body: unknown, sessionId: string | null = null): string {
  return open(body, openContext({ sessionId })).codexRequest(nothingRecalled).prompt_cache_key;
}

test('the session names the prompt cache: the header first, then the JSON in metadata.user_id', () => {
  const plain = { model: 'm', max_tokens: 1, messages: [{ role: 'user', content: 'Hi.' }] };
  const inMetadata = { ...plain, metadata: { user_id: '{"session_id":"session-1"}' } };
  const odd = { ...plain, metadata: { user_id: '{"session_id":7}' } };
  assert.equal(keyOf(plain, 'session-1'), keyOf(inMetadata));
  assert.notEqual(keyOf(inMetadata, 'session-2'), keyOf(inMetadata));
  assert.notEqual(keyOf(odd), keyOf(plain));
  assert.match(keyOf(inMetadata), /^[0-9a-f]{32}$/);
});
