import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createKubernetesStore } from '../../src/store/kubernetes-store.ts';
import { makeRecord } from '../logins.ts';
import { tokenStoreContract } from '../token-store.contract.ts';
import { startFakeApiServer, type FakeApiServer } from './fake-api-server.ts';

const open = async (fake: FakeApiServer) =>
  createKubernetesStore({ api: await fake.connect(), secretPrefix: 'codex-auth-state-' });

tokenStoreContract('kubernetes', async (t) => {
  const fake = await startFakeApiServer(t);
  const reopen = async () => {
    const store = await open(fake);
    t.after(store.close);
    return store;
  };
  return { store: await reopen(), reopen };
});

test('two brokers on one Secret: a write of one makes the version of the other outdated', async (t) => {
  const fake = await startFakeApiServer(t);
  const [first, second] = [await open(fake), await open(fake)];
  t.after(async () => {
    await first.close();
    await second.close();
  });
  const created = await first.replace('default', null, makeRecord());
  assert.equal(created.kind, 'stored');
  assert.equal(
    (await second.replace('default', created.version, makeRecord({ generation: 2 }))).kind,
    'stored',
  );
  assert.deepEqual(await first.replace('default', created.version, makeRecord({ generation: 3 })), {
    kind: 'conflict',
  });
});

test('labels and data that others have put on the Secret stay', async (t) => {
  const fake = await startFakeApiServer(t);
  const store = await open(fake);
  t.after(store.close);
  const created = await store.replace('default', null, makeRecord());
  assert.equal(created.kind, 'stored');
  const name = 'codex-auth-state-default';
  const secret = fake.secrets.get(name);
  assert.ok(secret);
  fake.secrets.set(name, {
    metadata: { ...secret.metadata, annotations: { 'team/owner': 'platform' } },
    data: { ...secret.data, note: 'aGk=' },
  });
  await store.replace('default', created.version, makeRecord({ generation: 2 }));
  assert.deepEqual(fake.secrets.get(name)?.metadata['annotations'], { 'team/owner': 'platform' });
  assert.deepEqual(Object.keys(fake.secrets.get(name)?.data ?? {}).toSorted(), ['note', 'record']);
});

test('a Secret without a record, or with a broken one, is unreadable and never absent', async (t) => {
  const fake = await startFakeApiServer(t);
  const store = await open(fake);
  t.after(store.close);
  const metadata = { resourceVersion: '7' };
  for (const [data, problem] of [
    [{}, 'the Secret has no "record"'],
    [{ record: Buffer.from('{').toString('base64') }, 'not valid JSON'],
  ] as const) {
    fake.secrets.set('codex-auth-state-default', { metadata, data: { ...data } });
    assert.deepEqual(await store.read('default'), { kind: 'unreadable', problem });
  }
});

test('a write whose answer is lost rejects, and the record is there', async (t) => {
  const fake = await startFakeApiServer(t);
  const store = await open(fake);
  t.after(store.close);
  fake.trouble.push('done_then_cut');
  await assert.rejects(store.replace('default', null, makeRecord()));
  assert.equal((await store.read('default')).kind, 'record');
});

for (const status of [401, 403, 422, 500, 503]) {
  test(`a ${status} of the API server is the error KUBERNETES_${status}, which quotes nothing`, async (t) => {
    const fake = await startFakeApiServer(t);
    const store = await open(fake);
    t.after(store.close);
    for (const call of [
      () => store.read('default'),
      () => store.replace('default', null, makeRecord()),
      () => store.checkWritable(),
    ]) {
      fake.trouble.push({ status });
      await assert.rejects(call(), {
        code: `KUBERNETES_${status}`,
        message: `the Kubernetes API answered ${status}`,
      });
    }
  });
}

test('the token that the kubelet has replaced is used from the next call on', async (t) => {
  const fake = await startFakeApiServer(t);
  const store = await open(fake);
  t.after(store.close);
  await store.read('default');
  await fake.mountToken('the-next-one');
  await store.read('default');
  assert.deepEqual(
    fake.asked.map(({ authorization }) => authorization),
    ['Bearer pod-token-canary', 'Bearer the-next-one'],
  );
});

test('whether it can be written is asked without writing', async (t) => {
  const fake = await startFakeApiServer(t);
  const store = await open(fake);
  t.after(store.close);
  await store.checkWritable();
  assert.equal(fake.secrets.size, 0);
});
