import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createManualClock } from '@codex-gateway/testkit/manual-clock.ts';
import { FaultError } from '@codex-gateway/wire/fault.ts';
import { untilFirstEvent, type FirstEvent } from '../../src/upstream/first-event.ts';
import { faultOf } from '../fault-of.ts';
import { completed, created, event, failed, inProgress, scriptedStream, text } from './batches.ts';

function begin() {
  const upstream = scriptedStream();
  const clock = createManualClock();
  return { upstream, clock, first: untilFirstEvent(upstream.stream, clock) };
}

function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

async function batchesOf(first: FirstEvent): Promise<readonly unknown[]> {
  assert.equal(first.kind, 'stream');
  return first.kind === 'stream' ? Array.fromAsync(first.batches) : [];
}

test('what came before the first real event is handed on with it, as one batch, then the rest', async () => {
  const { upstream, clock, first } = begin();
  upstream.send(created);
  upstream.send(inProgress, event('codex.rate_limits'));
  upstream.send(text('a'), text('b'));
  const begun = await first;
  assert.deepEqual(begun.kind === 'stream' && [begun.begun, begun.requestId], [true, 'up_1']);
  assert.equal(clock.pending(), 0);
  upstream.send(text('c'), completed);
  upstream.end();
  assert.deepEqual(await batchesOf(begun), [
    [created, inProgress, event('codex.rate_limits'), text('a'), text('b')],
    [text('c'), completed],
  ]);
});

for (const opener of [
  event('response.output_item.added', { output_index: 0, item: { type: 'message' } }),
  event('response.refusal.delta', { output_index: 0, content_index: 0, delta: 'no' }),
  event('response.reasoning_summary_text.delta', { output_index: 0, summary_index: 0, delta: 'hm' }),
  event('response.function_call_arguments.delta', { output_index: 0, delta: '{' }),
  event('response.incomplete', { response: {} }),
  completed,
]) {
  test(`an answer begins with ${opener.type}`, async () => {
    const { upstream, first } = begin();
    upstream.send(created, opener);
    assert.equal((await first).kind, 'stream');
  });
}

for (const prelude of [
  created,
  inProgress,
  event('response.queued'),
  event('keepalive'),
  event('response.output_text.delta'), // malformed
]) {
  test(`${prelude.type} alone is no beginning`, async () => {
    const { upstream, first } = begin();
    let isBegun = false;
    void first.then(() => {
      isBegun = true;
    });
    upstream.send(prelude);
    await settled();
    assert.equal(isBegun, false);
    upstream.send(completed);
    await first;
  });
}

test('a failure before the first real event is a refusal, and the upstream is let go', async () => {
  for (const failure of [
    failed({ code: 'server_is_overloaded', message: 'busy' }),
    event('error', { error: { code: 'server_is_overloaded', message: 'busy' } }),
  ]) {
    const { upstream, clock, first } = begin();
    upstream.send(created, inProgress);
    upstream.send(failure);
    assert.deepEqual(await first, {
      kind: 'refused',
      requestId: 'up_1',
      refusal: {
        fault: { kind: 'server_is_overloaded', message: 'busy', retryAfterSeconds: 5 },
        remedy: 'pause',
      },
    });
    assert.deepEqual([upstream.wasReturned(), clock.pending()], [true, 0]);
  }
});

test('a failure after the first real event is part of the stream', async () => {
  const { upstream, first } = begin();
  const failure = failed({ code: 'server_is_overloaded', message: 'busy' });
  upstream.send(created, text('a'), failure);
  upstream.end();
  assert.deepEqual(await batchesOf(await first), [[created, text('a'), failure]]);
});

for (const sent of [[], [created, inProgress]]) {
  test(`an end after ${sent.length} events without a real one is no answer`, async () => {
    const { upstream, first } = begin();
    if (sent.length > 0) upstream.send(...sent);
    upstream.end();
    assert.deepEqual(await first, {
      kind: 'refused',
      requestId: 'up_1',
      refusal: {
        fault: { kind: 'upstream_error', message: 'The upstream broke off before it answered.' },
        remedy: 'none',
      },
    });
  });
}

test('a break before the first real event is thrown as it is', async () => {
  const { upstream, clock, first } = begin();
  upstream.send(created);
  const fault = { kind: 'upstream_error', message: 'The upstream broke off its answer.' } as const;
  upstream.break(new FaultError(fault));
  assert.deepEqual(await faultOf(first), fault);
  assert.equal(clock.pending(), 0);
});

test('after five seconds the answer goes on without a real event, and the read that waits is not lost', async () => {
  const { upstream, clock, first } = begin();
  upstream.send(created);
  await settled();
  clock.advance(4_999);
  await settled();
  clock.advance(1);
  const begun = await first;
  assert.deepEqual(begun.kind === 'stream' && begun.begun, false);
  upstream.send(inProgress);
  upstream.send(text('late'), completed);
  upstream.end();
  assert.deepEqual(await batchesOf(begun), [[created], [inProgress], [text('late'), completed]]);
});

test('after five seconds of nothing at all the first read is not lost either', async () => {
  const { upstream, clock, first } = begin();
  clock.advance(5_000);
  const begun = await first;
  upstream.send(created, completed);
  upstream.end();
  assert.deepEqual(await batchesOf(begun), [[created, completed]]);
});

test('a late answer that breaks tells so to who reads it', async () => {
  const { upstream, clock, first } = begin();
  clock.advance(5_000);
  const begun = await first;
  const fault = { kind: 'upstream_timeout', message: 'The upstream went silent.' } as const;
  upstream.break(new FaultError(fault));
  assert.deepEqual(await faultOf(batchesOf(begun)), fault);
});

test('who stops reading lets the upstream go', async () => {
  const { upstream, first } = begin();
  upstream.send(created, text('a'));
  const begun = await first;
  assert.equal(begun.kind, 'stream');
  if (begun.kind === 'stream') for await (const batch of begun.batches) if (batch.length > 0) break;
  assert.equal(upstream.wasReturned(), true);
});
