import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeEvent } from '@codex-gateway/wire/codex/events.ts';
import { remembering } from '../../src/conversation/remembering.ts';
import type { Batch } from '../../src/upstream/event-client.ts';

const event = (body: object) => decodeEvent(JSON.stringify(body));
const done = (at: number) =>
  event({ type: 'response.output_item.done', output_index: at, item: { type: 'message', id: `msg_${at}` } });
const delta = event({ type: 'response.output_text.delta', output_index: 0, content_index: 0, delta: 'x' });
const end = (type: string) => event({ type, response: {} });

/** What the client gets and what is remembered, in the order in which it happens. */
async function told(batches: readonly Batch[]): Promise<readonly string[]> {
  const log: string[] = [];
  async function* source(): AsyncGenerator<Batch> {
    yield* batches;
  }
  const remember = async (output: readonly { readonly outputIndex: number }[]): Promise<void> => {
    await Promise.resolve();
    log.push(`remembered ${output.map(({ outputIndex }) => outputIndex).join(' ')}`);
  };
  for await (const batch of remembering(source(), remember))
    log.push(batch.map(({ type }) => type.replace('response.', '')).join(' '));
  return log;
}

for (const last of ['completed', 'incomplete']) {
  test(`a whole answer is remembered before its last event goes on (${last})`, async () => {
    assert.deepEqual(await told([[delta, done(1)], [done(0)], [delta, end(`response.${last}`)]]), [
      'output_text.delta output_item.done',
      'output_item.done',
      'remembered 0 1',
      `output_text.delta ${last}`,
    ]);
  });
}

test('an answer that fails or breaks off leaves nothing', async () => {
  const failed = event({ type: 'response.failed', response: {} });
  const error = event({ type: 'error', error: {} });
  for (const last of [[failed], [error], [error, end('response.completed')], []]) {
    const log = await told([[done(0)], last]);
    assert.deepEqual(
      log.filter((line) => line.startsWith('remembered')),
      [],
    );
  }
});

test('when nothing is to be kept the batches are not touched', () => {
  const batches = (async function* (): AsyncGenerator<Batch> {})();
  assert.equal(remembering(batches, null), batches);
});

test('a client that leaves lets the upstream go', async () => {
  let released = false;
  async function* source(): AsyncGenerator<Batch> {
    try {
      yield [done(0)];
      yield [end('response.completed')];
    } finally {
      released = true;
    }
  }
  for await (const batch of remembering(source(), async () => assert.fail('it is not whole'))) {
    assert.equal(batch.length, 1);
    break;
  }
  assert.equal(released, true);
});
