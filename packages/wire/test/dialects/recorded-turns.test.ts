import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { z } from 'zod';

/** Recorded clients in the middle of a conversation: the first two requests of each belong to one. */
const conversations = {
  'openai-chat': [
    'openai-node-chat-runtools',
    'openai-node-chat-runtools-stream',
    'vercel-chat-tool-stream',
    'vercel-compat-tool-stream',
  ],
  'openai-responses': [
    'vercel-responses-tool-stream',
    'codex-cli-c2-builtin-openai-provider-http-two-requests-one-turn',
  ],
  'anthropic-messages': ['claude-code-tool-turns-tool', 'vercel-anthropic-tool-stream'],
};

const goldenSchema = z.object({
  upstream: z.object({ input: z.array(z.unknown()), prompt_cache_key: z.string() }),
});

for (const [dialect, names] of Object.entries(conversations)) {
  const folder = new URL(`../../fixtures/${dialect}/requests/`, import.meta.url);
  const upstreamOf = (request: string) =>
    goldenSchema.parse(JSON.parse(readFileSync(new URL(`${request}.upstream.json`, folder), 'utf8')))
      .upstream;

  for (const name of names) {
    test(`${dialect}: the second request of "${name}" begins upstream with all of the first one`, () => {
      const [first, second] = [upstreamOf(`${name}-1`), upstreamOf(`${name}-2`)];
      const beginning = JSON.stringify(first.input).slice(0, -1);
      assert.ok(JSON.stringify(second.input).startsWith(`${beginning},`));
      assert.equal(second.prompt_cache_key, first.prompt_cache_key);
    });
  }
}
