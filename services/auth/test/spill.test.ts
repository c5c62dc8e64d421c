import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { Secret } from '@codex-gateway/service-kit/secret.ts';
import { encodeRecord } from '../src/store/record-codec.ts';
import { createSpillFolder } from '../src/store/spill.ts';
import { makeRecord } from './logins.ts';

const spent = new Secret('rt-spent');
const record = makeRecord({ generation: 2, refreshToken: new Secret('rt-canary') });

async function open(t: TestContext) {
  const home = await mkdtemp(join(tmpdir(), 'codex-auth-spill-'));
  t.after(() => rm(home, { recursive: true, force: true }));
  const folder = join(home, 'spill');
  return { folder, spill: createSpillFolder(folder), path: join(folder, 'default.spill') };
}

test('what was kept for a spent token is found with it, by the next process too', async (t) => {
  const { folder, spill } = await open(t);
  await spill.put('default', spent, record);
  const found = await createSpillFolder(folder).find('default', spent);
  assert.equal(found && encodeRecord(found), encodeRecord(record));
});

test('the file is for its owner alone and shows nothing of what it holds', async (t) => {
  const { folder, spill, path } = await open(t);
  await spill.put('default', spent, record);
  assert.deepEqual(await readdir(folder), ['default.spill']);
  assert.equal((await stat(path)).mode & 0o777, 0o600);
  assert.doesNotMatch((await readFile(path)).toString('latin1'), /canary|refresh|rt-/);
});

test('another token, another account, a changed or torn file: nothing is found', async (t) => {
  const { spill, path } = await open(t);
  assert.equal(await spill.find('default', spent), null);
  await spill.put('default', spent, record);
  assert.equal(await spill.find('default', new Secret('rt-other')), null);
  assert.equal(await spill.find('second', spent), null);
  const bytes = await readFile(path);
  for (const broken of [bytes.subarray(0, 50), Buffer.alloc(0), Buffer.concat([bytes, Buffer.from('x')])]) {
    await writeFile(path, broken);
    assert.equal(await spill.find('default', spent), null);
  }
});

test('what is durable elsewhere is dropped, also when it is not there', async (t) => {
  const { folder, spill } = await open(t);
  await spill.drop('default');
  await spill.put('default', spent, record);
  await spill.drop('default');
  assert.deepEqual(await readdir(folder), []);
});

test('a folder that cannot be written rejects, and what was found before stays', async (t) => {
  const { folder } = await open(t);
  await writeFile(folder, 'a file in its place');
  await assert.rejects(createSpillFolder(folder).put('default', spent, record), { code: 'EEXIST' });
});
