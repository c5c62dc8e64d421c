import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CodexRequest } from '../../src/codex/request.ts';
import { requestTokens } from '../../src/counting/request-tokens.ts';
import { asked } from '../emulation/run.ts';
import { jpeg, png } from './images.ts';

/** A token for every character: what counts shows in the sum. */
const characters = (text: string): number => text.length;

function tokensOf(request: Partial<CodexRequest>): number {
  return requestTokens({ ...asked, instructions: '', input: [], ...request }, characters);
}

function tokensOfPart(part: object): number {
  return (
    tokensOf({ input: [{ type: 'message', role: 'user', content: [part] }] }) - tokensOf({ input: [{}] })
  );
}

const image = (bytes: Buffer, mime: string): object => ({
  type: 'input_image',
  detail: 'auto',
  image_url: `data:${mime};base64,${bytes.toString('base64')}`,
});

function pdf(text: string): object {
  const file_data = `data:application/pdf;base64,${Buffer.from(text).toString('base64')}`;
  return { type: 'input_file', filename: '', file_data };
}

test('texts count where they stand, and four tokens for each item', () => {
  const input = [
    { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'abc' }] },
    { type: 'function_call', call_id: 'call_1', name: 'f', arguments: '{"a":1}' },
    { type: 'function_call_output', call_id: 'call_1', output: 'xyz' },
  ];
  assert.equal(tokensOf({ instructions: 'Be brief.', input }), 9 + 3 + 1 + 7 + 3 + 3 * 4);
});

test('a tool counts eight tokens and its definition', () => {
  const tool = { type: 'function', name: 'f', parameters: {} };
  assert.equal(tokensOf({ tools: [tool, tool] }), 2 * (8 + JSON.stringify(tool).length));
});

test('sealed reasoning counts by its length', () => {
  const input = [{ type: 'reasoning', summary: [], encrypted_content: 'A'.repeat(600) }];
  assert.equal(tokensOf({ input }), 4 + 100);
});

test('an image counts by its size up to a limit, whatever its bytes', () => {
  assert.equal(tokensOfPart(image(png(64, 33), 'image/png')), 2 * 2 + 85);
  assert.equal(
    tokensOfPart(image(Buffer.concat([png(64, 33), Buffer.alloc(90_000)]), 'image/png')),
    2 * 2 + 85,
  );
  assert.equal(tokensOfPart(image(jpeg(1024, 768), 'image/jpeg')), 32 * 24 + 85);
  assert.equal(tokensOfPart(image(png(9000, 9000), 'image/png')), 1536 + 85);
});

test('an image that nobody can look at counts a fixed number', () => {
  const odd = [
    image(Buffer.from('no image'), 'image/png'),
    { type: 'input_image', image_url: 'data:image/png;base64,!!!!' },
    { type: 'input_image', image_url: 'data:' },
    { type: 'input_image', image_url: 'https://example.com/a.png' },
  ];
  for (const part of odd) assert.equal(tokensOfPart(part), 1200, JSON.stringify(part));
});

test('a PDF counts by its pages, another file a fixed number', () => {
  const page = '<< /Type /Page /Parent 1 0 R >>\n';
  const pages = `%PDF-1.7\n<< /Type /Pages /Count 2 >>\n${page}<</Type/Page>>`;
  assert.equal(tokensOfPart(pdf(pages)), 2 * 1500);
  assert.equal(tokensOfPart(pdf('%PDF-1.7 compressed')), 3000);
  assert.equal(tokensOfPart({ type: 'input_file', file_url: 'https://example.com/a.pdf' }), 3000);
  assert.equal(tokensOfPart({ type: 'input_file', file_data: 'data:text/plain;base64,QUJD' }), 3000);
});

test('of a long PDF the pages of its beginning are counted, the rest by their ratio', () => {
  const pages = 4_000;
  const long = '<< /Type /Page >>'.padEnd(1_000).repeat(pages);
  const found = tokensOfPart(pdf(long)) / 1500;
  assert.ok(Math.abs(found - pages) < 10, String(found));
});

test('a request of a million texts is no obstacle, and not all of them are tokenised', () => {
  let counted = 0;
  const count = (text: string): number => {
    counted += text.length;
    return text.length / 2;
  };
  const content = Array.from({ length: 1_000_000 }, () => ({ type: 'input_text', text: 'abcd' }));
  const tokens = requestTokens(
    { ...asked, instructions: '', input: [{ type: 'message', role: 'user', content }] },
    count,
  );
  assert.equal(tokens, 2_000_004);
  assert.equal(counted, 512_000);
});
