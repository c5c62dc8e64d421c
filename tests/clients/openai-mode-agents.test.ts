import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, beforeEach, test } from 'node:test';
import { A_TURN, createCodex } from './codex.ts';
import { createSandbox } from './sandbox.ts';
import { startOpenAiStack } from './stack.ts';

const stack = await startOpenAiStack();
after(() => stack.stop());
beforeEach(() => stack.simulator.reset());

const COMMAND = "printf 'made by the model' > made.txt && echo done-7351";
const PROMPT = `[[sim: shell ${COMMAND}]] Make the file.`;

function assertMade(work: string): void {
  assert.equal(readFileSync(join(work, 'made.txt'), 'utf8'), 'made by the model');
}

test(
  'the Codex CLI, whose requests pass as they are, runs the command that the model asks for',
  A_TURN,
  async (t) => {
    const codex = await createCodex(t, stack, { model: 'gpt-5.5' });
    const run = await codex.exec(PROMPT);
    assert.equal(run.exitCode, 0, run.stderr + run.stdout);
    assertMade(codex.work);
    assert.match(codex.lastMessage(), /done-7351/);
  },
);

test(
  'Claude Code, whose requests are translated, runs the command that the model asks for',
  A_TURN,
  async (t) => {
    const claude = await createSandbox(t);
    const run = await claude.run(
      'claude',
      ['-p', PROMPT, '--model', 'gpt-5.5', '--allowedTools', 'Bash', '--output-format', 'json'],
      {
        ANTHROPIC_BASE_URL: stack.url,
        ANTHROPIC_AUTH_TOKEN: stack.apiKey,
        CLAUDE_CODE_MAX_RETRIES: '1',
        CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
        DISABLE_AUTOUPDATER: '1',
      },
    );
    assert.equal(run.exitCode, 0, run.stderr + run.stdout);
    assertMade(claude.work);
    assert.match(run.stdout, /done-7351/);
  },
);
