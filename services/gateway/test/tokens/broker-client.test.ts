import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createManualClock } from '@codex-gateway/testkit/manual-clock.ts';
import type { RejectReply, ServedAccount, TokensReply } from '@codex-gateway/wire/broker/contract.ts';
import { createBrokerClient } from '../../src/tokens/broker-client.ts';
import { faultOf } from '../fault-of.ts';
import { captureLog } from '../log-capture.ts';
import { servedAccount } from '../served-account.ts';

const START = Date.UTC(2027, 0, 1);
const HOUR_MS = 3_600_000;

function replyOf(...accounts: readonly ServedAccount[]): TokensReply {
  return { accounts: [...accounts], unavailable: [], refreshAfterSeconds: 60 };
}

/** Lets everything that is already decided happen. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** A client whose broker answers only when the test says so. */
function createClient() {
  const clock = createManualClock(START);
  const log = captureLog();
  const counts: string[] = [];
  const asked: PromiseWithResolvers<TokensReply>[] = [];
  const rejected: (PromiseWithResolvers<RejectReply> & { readonly fingerprint: string })[] = [];
  const client = createBrokerClient({
    api: {
      tokens: () => {
        const question = Promise.withResolvers<TokensReply>();
        asked.push(question);
        return question.promise;
      },
      reject: ({ fingerprint }) => {
        const rejection = { ...Promise.withResolvers<RejectReply>(), fingerprint };
        rejected.push(rejection);
        return rejection.promise;
      },
    },
    clock,
    logger: log.logger,
    count: (result) => void counts.push(result),
  });
  /** Answers the one question for tokens that is open. */
  const answer = async (reply: TokensReply | Error): Promise<void> => {
    await settled();
    const [open, ...others] = asked.splice(0);
    assert.ok(open && others.length === 0, 'exactly one question is open');
    if (reply instanceof Error) open.reject(reply);
    else open.resolve(reply);
    await settled();
  };
  const answerRejection = async (result: RejectReply['result'] | Error): Promise<void> => {
    await settled();
    const [open, ...others] = rejected.splice(0);
    assert.ok(open && others.length === 0, 'exactly one rejection is open');
    if (result instanceof Error) open.reject(result);
    else open.resolve({ result });
    await settled();
  };
  return { client, clock, log, counts, asked, rejected, answer, answerRejection };
}

async function withTokens(...accounts: readonly ServedAccount[]) {
  const created = createClient();
  const waiting = created.client.accounts();
  await created.answer(replyOf(...accounts));
  await waiting;
  return created;
}

test('two hundred requests without a token ask once', async () => {
  const { client, answer, asked } = createClient();
  const waiting = Array.from({ length: 200 }, () => client.accounts());
  assert.equal(client.everReceived(), false);
  await answer(replyOf(servedAccount('default')));
  for (const accounts of await Promise.all(waiting)) assert.deepEqual(accounts, [servedAccount('default')]);
  assert.deepEqual([client.everReceived(), asked.length], [true, 0]);
});

test('the token in hand serves without asking, until five seconds before its end', async () => {
  const { client, clock, asked, answer } = await withTokens(servedAccount('default'));
  clock.advance(HOUR_MS - 5_001);
  assert.deepEqual(await client.accounts(), [servedAccount('default')]);
  assert.equal(asked.length, 0);
  clock.advance(1);
  const fresh = servedAccount('default', { generation: 2, expiresAt: '2027-01-01T02:00:00Z' });
  const waiting = Array.from({ length: 200 }, () => client.accounts());
  await answer(replyOf(fresh));
  for (const accounts of await Promise.all(waiting)) assert.deepEqual(accounts, [fresh]);
});

test('the default account comes first, the others in the order of the broker', async () => {
  const [a, b, c] = [servedAccount('a'), servedAccount('b'), servedAccount('default')];
  const { client } = await withTokens(a, b, c);
  assert.deepEqual(await client.accounts(), [c, a, b]);
});

test('an expired account is left out while another serves', async () => {
  const short = servedAccount('default', { expiresAt: '2027-01-01T00:10:00Z' });
  const { client, clock, asked } = await withTokens(short, servedAccount('b'));
  clock.advance(600_000);
  assert.deepEqual(await client.accounts(), [servedAccount('b')]);
  assert.equal(asked.length, 0);
});

test('an end that cannot be read is no end to trust', async () => {
  const { client, answer } = createClient();
  const waiting = faultOf(client.accounts());
  await answer(replyOf(servedAccount('default', { expiresAt: 'soon' })));
  assert.equal((await waiting).kind, 'oauth_unavailable');
});

test('without any usable account the fault says what the broker says, or what to run', async () => {
  const { client, answer, counts } = createClient();
  const message = 'account default: log in again with auth login --alias default';
  const told = faultOf(client.accounts());
  await answer({ ...replyOf(), unavailable: [{ alias: 'default', state: 'reauth_required', message }] });
  assert.deepEqual(await told, { kind: 'oauth_unavailable', message });
  const untold = faultOf(client.accounts());
  await answer(replyOf());
  assert.deepEqual(await untold, {
    kind: 'oauth_unavailable',
    message: 'oauth token unavailable, run auth login',
  });
  assert.deepEqual([client.everReceived(), counts], [false, ['empty', 'empty']]);
});

test('a broker that is away costs nothing while the token lasts', async () => {
  const { client, clock, answer, counts, log } = await withTokens(servedAccount('default'));
  const stop = client.start();
  for (let minute = 0; minute < 59; minute++) {
    await answer(Object.assign(new Error('canary'), { code: 'ECONNREFUSED' }));
    assert.deepEqual(await client.accounts(), [servedAccount('default')]);
    clock.advance(60_000);
  }
  stop();
  assert.deepEqual(counts, ['ok', ...Array.from({ length: 59 }, () => 'failed')]);
  assert.match(log.text(), /"code":"ECONNREFUSED"/);
  assert.equal(log.text().includes('canary'), false);
});

test('a refused token is reported once for any number of requests, and all go on with the next one', async () => {
  const old = servedAccount('default');
  const { client, answer, answerRejection, rejected, asked } = await withTokens(old);
  const waiting = Array.from({ length: 200 }, () => client.reject(old));
  await settled();
  assert.deepEqual(
    rejected.map(({ fingerprint }) => fingerprint),
    [old.fingerprint],
  );
  await answerRejection('refreshed');
  const fresh = servedAccount('default', { generation: 2 });
  await answer(replyOf(fresh));
  await Promise.all(waiting);
  assert.deepEqual(await client.accounts(), [fresh]);
  assert.deepEqual([rejected.length, asked.length], [0, 0]);
});

test('a token that was replaced meanwhile is not reported', async () => {
  const { client, rejected, asked } = await withTokens(servedAccount('default', { generation: 2 }));
  await client.reject(servedAccount('default', { generation: 1 }));
  assert.deepEqual([rejected.length, asked.length], [0, 0]);
});

test('tokens of two accounts are reported each on its own', async () => {
  const [a, b] = [servedAccount('default'), servedAccount('b')];
  const { client, rejected } = await withTokens(a, b);
  void client.reject(a);
  void client.reject(b);
  await settled();
  assert.deepEqual(
    rejected.map(({ fingerprint }) => fingerprint),
    [a.fingerprint, b.fingerprint],
  );
});

test('an answer that was under way before the rejection does not count as the new one', async () => {
  const old = servedAccount('default');
  const { client, answer, answerRejection, clock } = await withTokens(old);
  const stop = client.start();
  const rejection = client.reject(old);
  await answerRejection('refreshed');
  await answer(replyOf(old)); // the poll, asked before the refresh
  await answer(replyOf(servedAccount('default', { generation: 2 })));
  await rejection;
  assert.deepEqual(await client.accounts(), [servedAccount('default', { generation: 2 })]);
  stop();
  assert.equal(clock.pending(), 0);
});

test('a broker that does not take a rejection leaves the request with what there is', async () => {
  const old = servedAccount('default');
  const { client, answer, answerRejection, log } = await withTokens(old);
  const rejection = client.reject(old);
  await answerRejection(new Error('canary'));
  await answer(new Error('canary'));
  await rejection;
  assert.deepEqual(await client.accounts(), [old]);
  assert.deepEqual(log.said(), [
    'warn token broker did not take a rejection',
    'warn token broker gave no tokens',
  ]);
  assert.equal(log.text().includes('canary'), false);
});

test('a refused token can be reported again after a failed report', async () => {
  const old = servedAccount('default');
  const { client, answer, answerRejection, rejected } = await withTokens(old);
  const first = client.reject(old);
  await answerRejection(new Error('away'));
  await answer(new Error('away'));
  await first;
  void client.reject(old);
  await settled();
  assert.equal(rejected.length, 1);
});

test('the broker is asked every five seconds until the first token, then as often as it wishes', async () => {
  const { client, clock, answer, asked } = createClient();
  const stop = client.start();
  await answer(new Error('away'));
  clock.advance(4_999);
  assert.equal(asked.length, 0);
  clock.advance(1);
  await answer(replyOf());
  clock.advance(5_000);
  await answer({ ...replyOf(servedAccount('default')), refreshAfterSeconds: 30 });
  clock.advance(29_999);
  assert.equal(asked.length, 0);
  clock.advance(1);
  await answer(replyOf());
  clock.advance(60_000);
  assert.equal(asked.length, 1);
  stop();
  await answer(replyOf());
  assert.equal(clock.pending(), 0);
});

test('no access token and no fingerprint stands in a log line', async () => {
  const old = servedAccount('default');
  const { client, answer, answerRejection, log } = await withTokens(old);
  const rejection = client.reject(old);
  await answerRejection('unavailable');
  await answer(replyOf());
  await rejection;
  const waiting = faultOf(client.accounts());
  await answer(replyOf());
  assert.equal((await waiting).kind, 'oauth_unavailable');
  assert.equal(log.text().includes(old.accessToken) || log.text().includes(old.fingerprint), false);
});
