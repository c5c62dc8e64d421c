import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { createFileStore } from '../src/store/file-store.ts';
import { encodeRecord } from '../src/store/record-codec.ts';
import { StoreHeldError } from '../src/store/token-store.ts';
import { makeRecord } from './logins.ts';
import { tokenStoreContract } from './token-store.contract.ts';

async function makeFolder(t: TestContext): Promise<string> {
  const parent = await mkdtemp(join(tmpdir(), 'codex-gateway-auth-'));
  t.after(() => rm(parent, { recursive: true, force: true }));
  return join(parent, 'accounts');
}

function openStore(t: TestContext, folder: string, holder = 'test') {
  const store = createFileStore({ folder, holder });
  t.after(() => store.close());
  return store;
}

const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);

tokenStoreContract('the file store', async (t) => {
  const folder = await makeFolder(t);
  return { store: openStore(t, folder), reopen: async () => openStore(t, folder) };
});

test('records lie in 0600 files in a 0700 folder, also when the folder was open before', async (t) => {
  const folder = await makeFolder(t);
  await mkdir(folder, { mode: 0o755 });
  await chmod(folder, 0o755);
  const store = openStore(t, folder);
  await store.replace('default', null, makeRecord());
  const names = (await readdir(folder)).toSorted();
  assert.deepEqual(names, ['broker.holder', 'broker.lock', 'default.json']);
  assert.equal(await modeOf(folder), '700');
  const modes = await Promise.all(names.map((name) => modeOf(join(folder, name))));
  assert.deepEqual(modes, ['600', '600', '600']);
});

test('what a crash left half written beside the record is not read, and removed at the next start', async (t) => {
  const folder = await makeFolder(t);
  const first = openStore(t, folder);
  await first.replace('default', null, makeRecord());
  await first.close();
  await writeFile(
    join(folder, 'default.json.9f.tmp'),
    encodeRecord(makeRecord({ generation: 7 })).slice(0, 80),
  );
  const second = openStore(t, folder);
  const reading = await second.read('default');
  assert.equal(reading.kind === 'record' && reading.record.generation, 1);
  await second.checkWritable();
  assert.deepEqual((await readdir(folder)).toSorted(), ['broker.holder', 'broker.lock', 'default.json']);
});

test('a record that cannot be understood names the field and never a value', async (t) => {
  const folder = await makeFolder(t);
  await mkdir(folder, { recursive: true });
  const path = join(folder, 'default.json');
  const store = openStore(t, folder);
  const good = JSON.parse(encodeRecord(makeRecord()));
  const problemOf = async (text: string) => {
    await writeFile(path, text);
    const reading = await store.read('default');
    assert.equal(reading.kind, 'unreadable');
    return reading.problem;
  };
  assert.equal(await problemOf(''), 'not valid JSON');
  assert.equal(await problemOf('{"refreshToken": "rt-canary'), 'not valid JSON');
  assert.equal(
    await problemOf(JSON.stringify({ ...good, generation: 'rt-canary', expiresAt: 'at-canary' })),
    'generation: must be a whole number; expiresAt: must be an RFC 3339 time in UTC',
  );
  assert.equal(
    await problemOf(JSON.stringify({ ...good, refreshToken: undefined })),
    'refreshToken: must be a string',
  );
  assert.match(await problemOf(JSON.stringify({ ...good, format: 2 })), /^format: must be 1/);
});

test('a write over a record that cannot be understood is a conflict', async (t) => {
  const folder = await makeFolder(t);
  const store = openStore(t, folder);
  await store.checkWritable();
  await writeFile(join(folder, 'default.json'), 'torn');
  assert.deepEqual(await store.replace('default', null, makeRecord()), { kind: 'conflict' });
  assert.equal(await readFile(join(folder, 'default.json'), 'utf8'), 'torn');
});

test('a second broker on the same folder is refused, naming the holder, and may enter when the first has left', async (t) => {
  const folder = await makeFolder(t);
  const first = openStore(t, folder, 'pid 4711 on host-a');
  await first.replace('default', null, makeRecord());
  const second = openStore(t, folder, 'pid 4712 on host-b');
  await assert.rejects(second.checkWritable(), (error) => {
    assert.ok(error instanceof StoreHeldError);
    assert.equal(error.message, `${folder} is in use by another broker (pid 4711 on host-a)`);
    return true;
  });
  await assert.rejects(second.replace('default', null, makeRecord()), StoreHeldError);
  await first.close();
  await second.checkWritable();
});

test('a holder that is killed leaves the folder free, with nothing to clean up', async (t) => {
  const folder = await makeFolder(t);
  const code = `
    const { createFileStore } = await import(${JSON.stringify(new URL('../src/store/file-store.ts', import.meta.url).href)});
    const store = createFileStore({ folder: ${JSON.stringify(folder)}, holder: 'the child' });
    await store.checkWritable();
    console.log('held');
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  const store = openStore(t, folder);
  await assert.rejects(store.checkWritable(), /in use by another broker \(the child\)/);
  child.kill('SIGKILL');
  await once(child, 'exit');
  await store.checkWritable();
});
