import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createManualClock } from '@codex-gateway/testkit/manual-clock.ts';
import { remoteAttachments } from '@codex-gateway/wire/codex/attachments.ts';
import type { CodexRequest } from '@codex-gateway/wire/codex/request.ts';
import { FaultError } from '@codex-gateway/wire/fault.ts';
import { createInlining } from '../../src/client-urls/inlining.ts';
import { UrlFailure } from '../../src/client-urls/url-failure.ts';
import { captureLog } from '../log-capture.ts';
import { files } from './web.ts';

/** A request for images, whose fetches wait until the test lets them go. */
function asking(urls: readonly string[]) {
  const clock = createManualClock();
  const log = captureLog();
  const client = new AbortController();
  const counts: string[] = [];
  const fetches = new Map<string, PromiseWithResolvers<Buffer>>();
  const content = urls.map((url) => ({ type: 'input_image', image_url: url }));
  const request: CodexRequest = {
    model: 'gpt-5.5',
    instructions: 'Look.',
    input: [{ type: 'message', role: 'user', content }],
    parallel_tool_calls: true,
    include: [],
    prompt_cache_key: 'key',
    store: false,
    stream: true,
  };
  const inlineUrls = createInlining({
    clock,
    logger: log.logger,
    maxBodyBytes: 1024,
    count: (result) => void counts.push(result),
    fetchUrl: (url, { signal }) => {
      const fetch = Promise.withResolvers<Buffer>();
      fetches.set(url, fetch);
      signal.addEventListener('abort', () => fetch.reject(signal.reason));
      return fetch.promise;
    },
  });
  const body = { value: { input: [{ content }] }, received: Buffer.alloc(0), decoded: Buffer.alloc(100) };
  const inlined = inlineUrls(request, {
    body,
    exchange: { pathStyle: 'brackets' },
    requestId: 'req_1',
    signal: client.signal,
  });
  return { clock, client, counts, fetches, inlined, log };
}

const urls = Array.from({ length: 6 }, (_, index) => `https://${index}.example/`);

/** Lets everything happen that needs no outside event. */
const settled = () => new Promise(setImmediate);

async function fault(inlined: Promise<unknown>): Promise<unknown> {
  const error: unknown = await inlined.catch((thrown: unknown) => thrown);
  return error instanceof FaultError ? error.fault : error;
}

const refused = (place: string, wrong: string) => ({
  kind: 'invalid_request',
  message: `Invalid value for '${place}': ${wrong}.`,
  param: place,
});

test('four are fetched at a time; when the first fails the others end', async () => {
  const { fetches, inlined, counts, clock, log } = asking(urls);
  assert.deepEqual([...fetches.keys()], urls.slice(0, 4));
  fetches.get('https://1.example/')?.resolve(files.png);
  await settled();
  assert.deepEqual([...fetches.keys()], urls.slice(0, 5));
  fetches.get('https://2.example/')?.reject(new UrlFailure('connection'));
  assert.deepEqual(
    await fault(inlined),
    refused('input[0].content[2].image_url', 'the URL could not be fetched'),
  );
  await Promise.allSettled([...fetches.values()].map(({ promise }) => promise));
  await settled();
  assert.deepEqual([...fetches.keys()], urls.slice(0, 5));
  assert.deepEqual(counts, ['inlined', 'connection']);
  assert.equal(clock.pending(), 0);
  assert.deepEqual(log.said(), ['info a URL that a client named is not fetched']);
  assert.match(log.text(), /"requestId":"req_1","reason":"connection"/);
});

test('all together have twenty seconds', async () => {
  const { fetches, inlined, clock } = asking(urls);
  clock.advance(19_999);
  for (const url of urls.slice(0, 4)) fetches.get(url)?.resolve(files.png);
  await settled();
  clock.advance(1);
  assert.deepEqual(
    await fault(inlined),
    refused('input[0].content[4].image_url', 'the URL could not be fetched'),
  );
});

test('all of them in time are a request without URLs', async () => {
  const { fetches, inlined, clock } = asking(urls);
  for (const url of urls) {
    fetches.get(url)?.resolve(files.png);
    await settled();
  }
  assert.deepEqual(remoteAttachments(await inlined), []);
  assert.equal(clock.pending(), 0);
});

test('a request that ends takes its reason along, and nobody is blamed', async () => {
  const { client, inlined, counts, log } = asking(urls);
  const gone = { kind: 'client_gone', message: 'The client has left.' } as const;
  client.abort(new FaultError(gone));
  assert.deepEqual(await fault(inlined), gone);
  assert.deepEqual([counts, log.said()], [[], []]);
});
