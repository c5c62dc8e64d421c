import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test, type TestContext } from 'node:test';
import { asObject, asText, parseJson } from '../src/json.ts';

const MAIN = new URL('../src/main.ts', import.meta.url).pathname;

function start(t: TestContext, environment: Record<string, string>): ChildProcess {
  const child = spawn(process.execPath, [MAIN], { env: { PATH: process.env['PATH'], ...environment } });
  t.after(() => child.kill('SIGKILL'));
  return child;
}

/** The first log line, parsed. */
async function readyLine(child: ChildProcess): Promise<Record<string, unknown>> {
  if (child.stdout === null) throw new Error('the process has no output');
  const lines = createInterface({ input: child.stdout });
  const [line] = await once(lines, 'line');
  return { ...asObject(parseJson(String(line))) };
}

test('the process writes a seed, answers, and ends on SIGTERM with exit code 0', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'simulator-'));
  t.after(() => rm(folder, { recursive: true }));
  const seed = join(folder, 'nested', 'auth.json');
  const child = start(t, { PORT: '0', SEED_FILE: seed });
  const { issuer, msg } = await readyLine(child);
  assert.equal(msg, 'simulator ready');
  const tokens = asObject(asObject(parseJson(await readFile(seed, 'utf8')))['tokens']);
  assert.equal((await stat(seed)).mode & 0o777, 0o600);
  const models = await fetch(`${asText(issuer)}/backend-api/codex/models?client_version=0.169.0`, {
    headers: { authorization: `Bearer ${asText(tokens['access_token'])}` },
  });
  assert.equal(models.status, 200);
  child.kill('SIGTERM');
  assert.deepEqual(await once(child, 'exit'), [0, null]);
});

async function errorOf(child: ChildProcess): Promise<readonly unknown[]> {
  let text = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  const [code] = await once(child, 'close');
  return [code, text];
}

test('a taken port is exit 1 and named, broken settings are exit 78 and all named', async (t) => {
  const taken = createServer().listen(0, '127.0.0.1');
  t.after(() => taken.close());
  await once(taken, 'listening');
  const address = taken.address();
  const port = typeof address === 'object' ? String(address?.port) : '';
  assert.deepEqual(await errorOf(start(t, { PORT: port })), [
    1,
    `port ${port} on 127.0.0.1 is already in use; choose another with PORT\n`,
  ]);
  const [code, text] = await errorOf(start(t, { PORT: 'x', INSTRUCTIONS: 'maybe', STEP: '1' }));
  assert.equal(code, 78);
  assert.match(String(text), /^PORT: .*\nINSTRUCTIONS: .*\n$/);
});
