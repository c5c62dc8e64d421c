import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createSimulator } from '../../services/simulator/src/app.ts';
import { listenAnywhere, npmStart, npmStartFails, type StartedStack } from './npm-start.ts';

// `npm start` as a person uses it: read what it prints, paste it into a shell, press Ctrl-C.

const answer = /hello in five words/;

let home: string;
let stack: StartedStack;

before(async () => {
  home = mkdtempSync(join(tmpdir(), 'start-'));
  stack = await npmStart(home);
});

after(async () => {
  await stack?.interrupt();
  rmSync(home, { recursive: true, force: true });
});

test('a command is printed for every way in', () => {
  assert.deepEqual(
    [...stack.commands.keys()],
    [
      'The models',
      'Chat Completions',
      'Chat Completions, streamed',
      'Responses',
      'Responses, streamed',
      'Messages',
      'Messages, streamed',
      'OpenAI SDK',
      'Anthropic SDK',
      'Codex CLI',
      'Claude Code',
    ],
  );
});

test('the models that curl lists hold the one that the commands name', async () => {
  assert.match(await stack.paste('The models'), /"id":"gpt-5\.5"/);
});

for (const title of [
  'Chat Completions',
  'Responses',
  'Messages',
  'OpenAI SDK',
  'Anthropic SDK',
  'Codex CLI',
  'Claude Code',
]) {
  test(`${title}, pasted, prints the answer`, async () => {
    assert.match(await stack.paste(title), answer);
  });
}

for (const [title, ending] of [
  ['Chat Completions, streamed', /data: \[DONE\]\n\n$/],
  ['Responses, streamed', /event: response\.completed\ndata: .*hello in five words.*\n\n/],
  ['Messages, streamed', /event: message_stop\n.*\n\n$/],
] as const) {
  test(`${title}, pasted, prints a stream to its end`, async () => {
    assert.match(await stack.paste(title), ending);
  });
}

test('every line of a service stands behind its name', () => {
  const lines = stack.output.split('\n').filter((line) => line.includes(' | '));
  const names = new Set(lines.map((line) => line.split('|')[0]));
  assert.deepEqual(names, new Set(['simulator ', 'auth      ', 'gateway   ']));
});

test('Ctrl-C ends everything, with exit code 0', async () => {
  assert.deepEqual(await stack.interrupt(), { code: 0, signal: null });
});

test('a port that is set and busy is named with its setting, and nothing is started', async () => {
  const busy = await listenAnywhere();
  await assert.rejects(npmStartFails(home, { SIMULATOR_PORT: String(busy.port) }), {
    code: 1,
    stdout: '',
    stderr: `port ${busy.port} is already in use, so the simulator cannot listen there; choose another with SIMULATOR_PORT\n`,
  });
  await busy.close();
});

test('a Codex login of this machine is borrowed: said, used, never refreshed, never written', async () => {
  const backend = await createSimulator();
  const path = join(home, '.codex', 'auth.json');
  mkdirSync(join(home, '.codex'));
  writeFileSync(path, JSON.stringify(backend.control.login()));
  const written = readFileSync(path, 'utf8');
  const settings = { CODEX_BASE_URL: backend.backendUrl, OAUTH_ISSUER: backend.issuerUrl };
  const borrowing = await npmStart(home, settings);
  assert.match(
    borrowing.output,
    /borrowed: its access token is used, it is\nnever refreshed and never written/,
  );
  assert.match(await borrowing.paste('Messages'), answer);
  assert.deepEqual(await borrowing.interrupt(), { code: 0, signal: null });
  const { responses, token } = backend.control.journal().counts;
  assert.deepEqual({ responses, token }, { responses: 1, token: 0 });
  assert.equal(readFileSync(path, 'utf8'), written);
  await backend.close();
});

test('with a key of the OpenAI API the gateway runs alone in front of it', async () => {
  const openaiApiKey = 'sk-of-this-test';
  const backend = await createSimulator({ openaiApiKey });
  const alone = await npmStart(home, {
    UPSTREAM_MODE: 'openai_api',
    OPENAI_API_KEY: openaiApiKey,
    OPENAI_BASE_URL: backend.openaiUrl,
  });
  assert.match(alone.output, /^Backend: the OpenAI API, with OPENAI_API_KEY\. The gateway runs alone\.$/m);
  assert.doesNotMatch(alone.output, /^(auth|simulator) +\|/m);
  for (const title of ['Chat Completions', 'OpenAI SDK', 'Anthropic SDK'])
    assert.match(await alone.paste(title), answer);
  assert.deepEqual(await alone.interrupt(), { code: 0, signal: null });
  await backend.close();
});
