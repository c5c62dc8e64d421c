import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { anthropicMessages } from '../../src/dialects/anthropic-messages/dialect.ts';
import { sealSignature } from '../../src/dialects/anthropic-messages/signature.ts';
import { nothingRecalled, type Exchange } from '../../src/dialects/dialect.ts';
import { assistantTurn, claudeCodeBody, toolResult } from './claude-code.ts';
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

test('the second turn repeats the first byte for byte, so that the prompt cache holds', () => {
  const { input: first, ...before } = upstreamOf(claudeCodeBody());
  const { input: second, ...after } = upstreamOf(claudeCodeBody({ history: afterOneCall }));
  assert.equal(JSON.stringify(after), JSON.stringify(before));
  assert.equal(JSON.stringify(second.slice(0, first.length)), JSON.stringify(first));
});

const folder = new URL('../../fixtures/anthropic-messages/requests/claude-code-', import.meta.url);

function recorded(name: string): readonly unknown[] {
  return upstreamOf(JSON.parse(readFileSync(`${fileURLToPath(folder)}${name}.client.json`, 'utf8'))).input;
}

for (const [first, second] of [
  ['tool-turns-tool-1', 'tool-turns-tool-2'],
  ['image-pdf-image-1', 'image-pdf-image-2'],
  ['image-pdf-pdf-1', 'image-pdf-pdf-2'],
  ['subagent-agent-3', 'subagent-agent-4'],
  ['interactive-tty-tool-turn-1', 'interactive-tty-tool-turn-2'],
] as const) {
  test(`what ${first} sends is the beginning of what ${second} sends`, () => {
    const [before, after] = [recorded(first), recorded(second)];
    assert.ok(after.length > before.length);
    assert.deepEqual(after.slice(0, before.length), before);
  });
}

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
