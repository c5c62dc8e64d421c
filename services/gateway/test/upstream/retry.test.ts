import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createManualClock } from '@codex-gateway/testkit/manual-clock.ts';
import type { ServedAccount } from '@codex-gateway/wire/broker/contract.ts';
import type { CodexEvent } from '@codex-gateway/wire/codex/events.ts';
import type { Refusal, Remedy } from '@codex-gateway/wire/codex/refusal.ts';
import { codexRequest, type CodexRequest } from '@codex-gateway/wire/codex/request.ts';
import { codexBackend } from '@codex-gateway/wire/codex/upstream.ts';
import { FaultError, type Fault } from '@codex-gateway/wire/fault.ts';
import { createAccounts } from '../../src/upstream/accounts.ts';
import { toAccount } from '../../src/upstream/codex-upstream.ts';
import type { UpstreamCall, UpstreamResult } from '../../src/upstream/event-client.ts';
import { createRetry } from '../../src/upstream/retry.ts';
import { faultOf } from '../fault-of.ts';
import { servedAccount } from '../served-account.ts';
import { completed, created, failed, scriptedStream, text } from './batches.ts';

const START = Date.UTC(2027, 0, 1);
const sealed = { type: 'reasoning', summary: [], encrypted_content: 'sealed' } as const;
const message = { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'hi' }] } as const;

const request: CodexRequest = codexRequest(
  {
    model: 'gpt-5.5',
    instructions: 'Be brief.',
    input: [sealed, message],
    tools: [],
    toolChoice: undefined,
    parallelToolCalls: true,
    reasoning: {},
    text: {},
    include: [],
    promptCacheKey: 'k',
    serviceTier: undefined,
  },
  codexBackend,
);

const faults = {
  token: { kind: 'oauth_unavailable', message: 'oauth token unavailable, run auth login' },
  limit: {
    kind: 'usage_limit_reached',
    message: 'limit',
    resetsAt: START / 1000 + 900,
    resetsInSeconds: null,
    planType: 'plus',
  },
  overload: { kind: 'server_is_overloaded', message: 'busy', retryAfterSeconds: 5 },
  seal: {
    kind: 'upstream_refused',
    message: 'bad seal',
    status: 400,
    type: 'invalid_request_error',
    code: 'invalid_encrypted_content',
    param: null,
    retryAfterSeconds: null,
  },
  bad: { kind: 'invalid_request', message: 'bad', param: null },
} as const satisfies Record<string, Fault>;

function refused(fault: Fault, remedy: Remedy): UpstreamResult {
  const refusal: Refusal = { fault, remedy };
  return { kind: 'refused', refusal, requestId: 'up_refused' };
}

const badToken = refused(faults.token, 'fresh_token');
const overloaded = refused(faults.overload, 'pause');

function streaming(...events: readonly CodexEvent[]): UpstreamResult {
  const { stream, send, end } = scriptedStream();
  send(...events);
  end();
  return stream;
}

function unreachable(code: string): Error {
  const fault = {
    kind: 'upstream_unavailable',
    message: `The upstream cannot be reached (${code}).`,
  } as const;
  return new FaultError(fault, { cause: Object.assign(new Error('canary'), { code }) });
}

/** An upstream that gives these results one after the other. */
function create(results: readonly (UpstreamResult | Error)[], ...accounts: readonly ServedAccount[]) {
  const clock = createManualClock(START);
  const controller = new AbortController();
  const calls: UpstreamCall[] = [];
  const retries: string[] = [];
  const rejected: string[] = [];
  const broker = { reject: async ({ alias }: ServedAccount) => void rejected.push(alias) };
  const served = (accounts.length > 0 ? accounts : [servedAccount('default')]).map((account) =>
    toAccount(account, broker),
  );
  const ask = createRetry({
    client: async (call) => {
      const result = results[calls.length];
      calls.push(call);
      assert.ok(result, 'the upstream was asked too often');
      if (result instanceof Error) throw result;
      return result;
    },
    accounts: createAccounts(async () => served, clock),
    retryPauseMs: 500,
    clock,
    countRetry: (reason) => void retries.push(reason),
  });
  /** Asks, and lets the time pass that the pauses between the tries take. */
  const run = async () => {
    const answer = ask(request, { requestId: 'req_1', turnState: null, signal: controller.signal });
    answer.catch(() => {}); // judged by who awaits it
    for (let turn = 0; turn < results.length * 2; turn++) {
      await new Promise((resolve) => setImmediate(resolve));
      clock.advance(500);
    }
    return answer;
  };
  const aliases = () => calls.map(({ account }) => account.alias);
  return { run, ask, calls, retries, rejected, clock, controller, aliases };
}

const answer = [created, text('a'), completed];

test('an answer that begins at once is not asked for again', async () => {
  const { run, calls, retries } = create([streaming(...answer)]);
  const { retries: count, begun, requestId, batches } = await run();
  assert.deepEqual([count, begun, requestId, retries], [0, true, 'up_1', []]);
  assert.deepEqual(await Array.fromAsync(batches), [answer]);
  assert.deepEqual(
    calls.map(({ request: sent, requestId: id }) => [sent, id]),
    [[request, 'req_1']],
  );
});

test('a refused token is replaced once', async () => {
  const { run, rejected, retries } = create([badToken, streaming(...answer)]);
  assert.equal((await run()).retries, 1);
  assert.deepEqual([rejected, retries], [['default'], ['fresh_token']]);
});

test('a token that is refused again is no token', async () => {
  const { run, rejected, retries, calls } = create([badToken, badToken]);
  assert.equal((await faultOf(run())).kind, 'oauth_unavailable');
  assert.deepEqual([calls.length, rejected, retries], [2, ['default'], ['fresh_token']]);
});

test('when one account stays refused, the next one serves, with a fresh token of its own if need be', async () => {
  const [first, second] = [servedAccount('default'), servedAccount('b')];
  const results = [badToken, badToken, badToken, streaming(...answer)];
  const { run, aliases, rejected, retries } = create(results, first, second);
  assert.equal((await run()).retries, 3);
  assert.deepEqual(aliases(), ['default', 'default', 'b', 'b']);
  assert.deepEqual(rejected, ['default', 'b']);
  assert.deepEqual(retries, ['fresh_token', 'other_account', 'fresh_token']);
});

test('a used-up account is left for the next one, and rests for all requests that follow', async () => {
  const limit = refused(faults.limit, 'other_account');
  const results = [limit, streaming(...answer), streaming(...answer)];
  const { run, aliases, retries } = create(results, servedAccount('default'), servedAccount('b'));
  await run();
  await run();
  assert.deepEqual(aliases(), ['default', 'b', 'b']);
  assert.deepEqual(retries, ['other_account']);
});

test('when every account is used up the limit is told, the next request is not even sent, no retry is counted', async () => {
  const limit = refused(faults.limit, 'other_account');
  const { run, calls, retries } = create([limit]);
  for (let count = 0; count < 2; count++) {
    assert.deepEqual(await faultOf(run()), {
      ...faults.limit,
      message: 'limit. Resets at 2027-01-01T00:15:00.000Z.',
    });
  }
  assert.deepEqual([calls.length, retries], [1, []]);
});

test('an account that the backend does not take is left for another, without a rest', async () => {
  const results = [refused(faults.token, 'other_account'), streaming(...answer), streaming(...answer)];
  const { run, aliases } = create(results, servedAccount('default'), servedAccount('b'));
  await run();
  await run();
  assert.deepEqual(aliases(), ['default', 'b', 'default']);
});

test('an overload is asked again once, after a pause', async () => {
  const { run, retries } = create([overloaded, streaming(...answer)]);
  assert.equal((await run()).retries, 1);
  assert.deepEqual(retries, ['pause']);
  const twice = create([overloaded, overloaded]);
  assert.deepEqual(await faultOf(twice.run()), faults.overload);
  assert.equal(twice.calls.length, 2);
});

test('an overload inside a 200 is the same as one before it', async () => {
  const inside = streaming(created, failed({ code: 'slow_down', message: 'busy' }));
  const { run, calls } = create([inside, streaming(...answer)]);
  assert.equal((await run()).retries, 1);
  assert.equal(calls.length, 2);
});

test('the pause lasts as long as it is set, and a client that leaves ends it at once with its own reason', async () => {
  const { ask, calls, clock, controller } = create([overloaded, streaming(...answer)]);
  const leaving = faultOf(ask(request, { requestId: 'r', turnState: null, signal: controller.signal }));
  await new Promise((resolve) => setImmediate(resolve));
  clock.advance(499);
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(calls.length, 1);
  const gone: Fault = { kind: 'client_gone', message: 'The client has left.' };
  controller.abort(new FaultError(gone));
  assert.deepEqual(await leaving, gone);
  assert.deepEqual([calls.length, clock.pending()], [1, 0]);
});

test('refused reasoning is left out once, the rest of the request stays as it was', async () => {
  const seal = refused(faults.seal, 'without_reasoning');
  const { run, calls } = create([seal, streaming(...answer)]);
  await run();
  assert.deepEqual(
    calls.map(({ request: sent }) => sent),
    [request, { ...request, input: [message] }],
  );
  const twice = create([seal, seal]);
  assert.deepEqual(await faultOf(twice.run()), faults.seal);
});

for (const code of ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT']) {
  test(`an upstream that was not reached (${code}) is tried once more`, async () => {
    const { run, retries } = create([unreachable(code), streaming(...answer)]);
    assert.equal((await run()).retries, 1);
    assert.deepEqual(retries, ['pause']);
    const twice = create([unreachable(code), unreachable(code)]);
    const fault = await faultOf(twice.run());
    assert.deepEqual(fault, {
      kind: 'upstream_unavailable',
      message: `The upstream cannot be reached (${code}).`,
    });
  });
}

for (const code of ['ECONNRESET', 'UND_ERR_SOCKET', 'EPIPE', 'UND_ERR_HEADERS_TIMEOUT']) {
  test(`a connection that broke after the request may have been sent (${code}) is never tried again`, async () => {
    const { run, calls } = create([unreachable(code)]);
    assert.equal((await faultOf(run())).kind, 'upstream_unavailable');
    assert.equal(calls.length, 1);
  });
}

test('a refusal that nothing can help is told at once', async () => {
  const { run, calls, retries } = create([refused(faults.bad, 'none')]);
  assert.deepEqual(await faultOf(run()), faults.bad);
  assert.deepEqual([calls.length, retries], [1, []]);
});

test('each reason has a try of its own', async () => {
  const results = [
    badToken,
    overloaded,
    refused(faults.seal, 'without_reasoning'),
    refused(faults.limit, 'other_account'),
    streaming(...answer),
  ];
  const { run, aliases, retries } = create(results, servedAccount('default'), servedAccount('b'));
  assert.equal((await run()).retries, 4);
  assert.deepEqual(aliases(), ['default', 'default', 'default', 'default', 'b']);
  assert.deepEqual(retries, ['fresh_token', 'pause', 'without_reasoning', 'other_account']);
});

test('an answer that broke off is never asked for again', async () => {
  const { run, calls } = create([streaming(created)]);
  assert.equal((await faultOf(run())).kind, 'upstream_error');
  assert.equal(calls.length, 1);
});

test('a request that ends while it waits for an account or for a fresh token ends at once', async () => {
  const never = new Promise<never>(() => {});
  const controller = new AbortController();
  const gone = new FaultError({ kind: 'client_gone', message: 'gone' });
  const shared = { clock: createManualClock(START), retryPauseMs: 500, countRetry: () => {} };
  const refusing = { ...shared, client: async () => badToken };
  const account = toAccount(servedAccount('default'), { reject: () => never });
  const accounts = createAccounts(async () => [account], shared.clock);
  const waiting = [
    createRetry({ ...refusing, accounts: { ...accounts, choose: () => never } }),
    createRetry({ ...refusing, accounts }),
  ].map((ask) => ask(request, { requestId: 'req_1', turnState: null, signal: controller.signal }));
  setImmediate(() => controller.abort(gone));
  for (const answered of await Promise.allSettled(waiting)) {
    assert.equal(answered.status === 'rejected' && answered.reason, gone);
  }
});
