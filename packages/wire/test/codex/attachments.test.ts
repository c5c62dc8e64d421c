import assert from 'node:assert/strict';
import { test } from 'node:test';
import { remoteAttachments, withAttachments } from '../../src/codex/attachments.ts';
import type { InputItem } from '../../src/codex/items.ts';
import { codexRequest } from '../../src/codex/request.ts';
import { codexBackend } from '../../src/codex/upstream.ts';

function requestOf(...input: readonly InputItem[]) {
  return codexRequest(
    {
      model: 'gpt-5.5',
      instructions: 'Look.',
      input,
      tools: [],
      toolChoice: undefined,
      parallelToolCalls: true,
      reasoning: {},
      text: {},
      include: [],
      promptCacheKey: 'key',
      serviceTier: undefined,
    },
    codexBackend,
  );
}

const cat = { type: 'input_image', image_url: 'https://a.example/cat', detail: 'low' } as const;
const book = { type: 'input_file', file_url: 'HTTP://a.example/book' } as const;
const named = { type: 'input_file', filename: 'mine.pdf', file_url: 'https://a.example/cat' } as const;
const inline = { type: 'input_image', image_url: 'data:image/png;base64,AAAA' } as const;
const words = { type: 'input_text', text: 'https://a.example/cat' } as const;

const request = requestOf(
  { type: 'message', role: 'user', content: [words, cat, inline] },
  { type: 'function_call', call_id: 'c', name: 'look', arguments: '{}' },
  { type: 'function_call_output', call_id: 'c', output: [book, named] },
  { type: 'function_call_output', call_id: 'd', output: 'https://a.example/cat' },
);

test('attachments on the web are found in messages and in the answers of tools, in their order', () => {
  assert.deepEqual(remoteAttachments(request), [
    { kind: 'image', url: 'https://a.example/cat' },
    { kind: 'file', url: 'HTTP://a.example/book' },
    { kind: 'file', url: 'https://a.example/cat' },
  ]);
});

test('an attachment takes the place of each of its URLs; a file without a name gets one', () => {
  const attachment = { dataUrl: 'data:application/pdf;base64,JVBE', filename: 'cat' };
  const { input, ...rest } = withAttachments(request, new Map([['https://a.example/cat', attachment]]));
  const { input: _, ...before } = request;
  assert.deepEqual(rest, before);
  assert.deepEqual(input, [
    {
      type: 'message',
      role: 'user',
      content: [words, { ...cat, image_url: 'data:application/pdf;base64,JVBE' }, inline],
    },
    request.input[1],
    {
      type: 'function_call_output',
      call_id: 'c',
      output: [
        book,
        { type: 'input_file', filename: 'mine.pdf', file_data: 'data:application/pdf;base64,JVBE' },
      ],
    },
    request.input[3],
  ]);
  const unnamed = withAttachments(request, new Map([['HTTP://a.example/book', attachment]])).input[2];
  assert.equal(
    JSON.stringify(unnamed),
    '{"type":"function_call_output","call_id":"c","output":[' +
      '{"type":"input_file","filename":"cat","file_data":"data:application/pdf;base64,JVBE"},' +
      '{"type":"input_file","filename":"mine.pdf","file_url":"https://a.example/cat"}]}',
  );
});

test('the request itself is never changed', () => {
  const before = JSON.stringify(request);
  withAttachments(request, new Map([['https://a.example/cat', { dataUrl: 'data:,x', filename: 'x' }]]));
  assert.equal(JSON.stringify(request), before);
});
