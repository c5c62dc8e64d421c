import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openAiErrorReply } from '../../src/dialects/openai-error.ts';

test('a refusal is an OpenAI error object with all four members', () => {
  const message = "Invalid value for 'messages': it must be an array.";
  assert.deepEqual(openAiErrorReply({ kind: 'invalid_request', message, param: 'messages' }), {
    status: 400,
    body: {
      error: { message, type: 'invalid_request_error', param: 'messages', code: 'invalid_request' },
    },
  });
});
