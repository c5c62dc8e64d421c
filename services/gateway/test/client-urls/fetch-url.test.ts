import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { test, type TestContext } from 'node:test';
import { createManualClock } from '@codex-gateway/testkit/manual-clock.ts';
import { createUrlFetcher, type FetchUrl } from '../../src/client-urls/fetch-url.ts';
import { UrlFailure } from '../../src/client-urls/url-failure.ts';
import { files, PUBLIC, redirecting, serving, startWeb, type Site, type Web } from './web.ts';

const MIB = 1024 * 1024;
const bounded = { timeout: 20_000 };

interface Fetching extends Web {
  readonly fetchUrl: FetchUrl;
  readonly clock: ReturnType<typeof createManualClock>;
}

async function fetching(t: TestContext, sites: Readonly<Record<string, Site>>): Promise<Fetching> {
  const web = await startWeb(t, sites);
  const clock = createManualClock();
  return { ...web, clock, fetchUrl: createUrlFetcher({ network: web.network, clock }) };
}

const everything = () => ({ take: () => true, signal: new AbortController().signal });

/** Why a fetch fails. */
async function failure(fetched: Promise<Buffer>): Promise<string> {
  const error: unknown = await fetched.then(
    () => 'it did not fail',
    (thrown: unknown) => thrown,
  );
  return error instanceof UrlFailure ? error.reason : String(error);
}

test(
  'the bytes at a URL are fetched, from the very addresses that its host was found to have',
  bounded,
  async (t) => {
    const sites = { 'files.example': { ...serving(files.png), lookups: [[PUBLIC, '2606:4700::6810:84e5']] } };
    const { fetchUrl, log } = await fetching(t, sites);
    assert.deepEqual(await fetchUrl('https://files.example/cat.png?size=1#top', everything()), files.png);
    assert.deepEqual(log, [
      'look up files.example',
      `connect ${PUBLIC} 2606:4700::6810:84e5`,
      'GET https://files.example/cat.png?size=1',
    ]);
  },
);

test('the server is told who asks and nothing else', bounded, async (t) => {
  const asked: IncomingMessage['headers'][] = [];
  const serve: Site['serve'] = (req, res) => void (asked.push(req.headers), res.end('x'));
  const { fetchUrl } = await fetching(t, { 'a.example': { serve } });
  await fetchUrl('https://a.example/', everything());
  const [{ 'user-agent': agent, ...headers } = {}] = asked;
  assert.match(agent ?? '', /^codex-gateway\/\d/);
  assert.deepEqual(headers, {
    host: 'a.example',
    connection: 'keep-alive',
    accept: '*/*',
    'accept-encoding': 'identity',
  });
});

test(
  'a host that is public when it is looked at and private a moment later is never asked at the second address',
  bounded,
  async (t) => {
    const rebinding = { ...serving(files.png), lookups: [[PUBLIC], ['127.0.0.1']] };
    const { fetchUrl, log } = await fetching(t, { 'rebind.example': rebinding });
    await fetchUrl('https://rebind.example/', everything());
    assert.deepEqual(log, ['look up rebind.example', `connect ${PUBLIC}`, 'GET https://rebind.example/']);
    assert.equal(await failure(fetchUrl('https://rebind.example/', everything())), 'address');
    assert.deepEqual(log.slice(3), ['look up rebind.example']);
  },
);

test('one private address among public ones is enough to ask none of them', bounded, async (t) => {
  const mixed = { ...serving(files.png), lookups: [[PUBLIC, '::ffff:127.0.0.1']] };
  const { fetchUrl, log } = await fetching(t, { 'mixed.example': mixed });
  assert.equal(await failure(fetchUrl('https://mixed.example/', everything())), 'address');
  assert.deepEqual(log, ['look up mixed.example']);
});

/** Every spelling of an address that the URL standard knows. */
const privateUrls = [
  'https://127.0.0.1/',
  'https://127.0.0.1./',
  'https://127.1/',
  'https://0x7f.0.0.1/',
  'https://0177.0.0.1/',
  'https://2130706433/',
  'https://0x7f000001/',
  'https://017700000001/',
  'https://①②⑦.⓪.⓪.①/',
  'https://127。0。0。1/',
  'https://%31%32%37.0.0.1/',
  'https://0/',
  'https://169.254.169.254/latest/meta-data/',
  'https://2852039166/',
  'https://[::1]/',
  'https://[::]/',
  'https://[::ffff:127.0.0.1]/',
  'https://[::ffff:a9fe:a9fe]/',
  'https://[64:ff9b::7f00:1]/',
  'https://[fd00:ec2::254]/',
];

test('an address is known in whatever way it is spelled', bounded, async (t) => {
  const { fetchUrl, log } = await fetching(t, {});
  for (const url of privateUrls) assert.equal(await failure(fetchUrl(url, everything())), 'address', url);
  assert.deepEqual(log, []);
});

const unfitUrls = [
  'http://files.example/cat.png',
  'https://user@files.example/',
  'https://user:secret@files.example/',
  'https://:secret@files.example/',
  'https://files.example:8443/',
  'https://files.example:80/',
  'https://',
  'https://[fe80::1%25eth0]/',
  'https://files.example:port/',
  'https://127.0.0.256/',
];

test('a URL of another form is not even looked up', bounded, async (t) => {
  const { fetchUrl, log } = await fetching(t, {});
  for (const url of unfitUrls) assert.equal(await failure(fetchUrl(url, everything())), 'form', url);
  assert.deepEqual(log, []);
});

test('the usual port may be said', bounded, async (t) => {
  const { fetchUrl } = await fetching(t, { 'files.example': serving('x') });
  assert.deepEqual(await fetchUrl('https://files.example:443/', everything()), Buffer.from('x'));
});

test('three redirects are followed, each of them looked at like the first', bounded, async (t) => {
  const { fetchUrl, log } = await fetching(t, {
    'a.example': redirecting('https://b.example/two', 301),
    'b.example': redirecting('//c.example/three', 307),
    'c.example': {
      serve: (req, res) =>
        void (req.url === '/three' ? res.writeHead(308, { location: 'four' }).end() : res.end('there')),
    },
  });
  assert.deepEqual(await fetchUrl('https://a.example/one', everything()), Buffer.from('there'));
  assert.deepEqual(
    log.filter((line) => !line.startsWith('connect')),
    [
      'look up a.example',
      'GET https://a.example/one',
      'look up b.example',
      'GET https://b.example/two',
      'look up c.example',
      'GET https://c.example/three',
      'look up c.example',
      'GET https://c.example/four',
    ],
  );
});

test('a fourth redirect is not followed', bounded, async (t) => {
  const { fetchUrl, log } = await fetching(t, { 'a.example': redirecting('/again') });
  assert.equal(await failure(fetchUrl('https://a.example/', everything())), 'redirects');
  assert.equal(log.filter((line) => line.startsWith('GET')).length, 4);
});

const traps: readonly (readonly [string, string])[] = [
  ['https://127.0.0.1/', 'address'],
  ['https://[::ffff:127.0.0.1]/', 'address'],
  ['https://inside.example/', 'address'],
  ['https://nowhere.example/', 'name'],
  ['http://files.example/', 'redirects'],
  ['https://files.example:6443/', 'redirects'],
  ['https://user:secret@files.example/', 'redirects'],
  ['file:///etc/passwd', 'redirects'],
  ['data:image/png;base64,AAAA', 'redirects'],
];

test('a redirect leads nowhere that a URL of the client could not', bounded, async (t) => {
  for (const [location, reason] of traps) {
    const { fetchUrl, log } = await fetching(t, {
      'a.example': redirecting(location),
      'inside.example': { ...serving('secret'), lookups: [['10.0.0.1']] },
    });
    assert.equal(await failure(fetchUrl('https://a.example/', everything())), reason, location);
    assert.deepEqual(
      log.filter((line) => line.startsWith('GET')),
      ['GET https://a.example/'],
    );
  }
});

test('an answer that is not a plain 200 is none', bounded, async (t) => {
  const { fetchUrl } = await fetching(t, {
    'gone.example': { serve: (_req, res) => void res.writeHead(404).end(files.png) },
    'part.example': { serve: (_req, res) => void res.writeHead(206).end(files.png) },
    'nowhere.example': { serve: (_req, res) => void res.writeHead(302).end() },
    'packed.example': { serve: (_req, res) => void res.setHeader('content-encoding', 'gzip').end('x') },
    'cut.example': {
      serve: (_req, res) => {
        res.setHeader('content-length', 10_000);
        res.write('x', () => res.destroy());
      },
    },
  });
  for (const host of ['gone', 'part', 'nowhere', 'packed'])
    assert.equal(await failure(fetchUrl(`https://${host}.example/`, everything())), 'status', host);
  assert.equal(await failure(fetchUrl('https://cut.example/', everything())), 'connection');
});

test(
  'a body that says it is huge is not read, one that is so in silence is left where it gets too large',
  bounded,
  async (t) => {
    let written = 0;
    const endless: Site['serve'] = (_req, res) => {
      const chunk = Buffer.alloc(MIB);
      const write = (): void => {
        written += 1;
        if (!res.destroyed && res.write(chunk)) setImmediate(write);
      };
      res.on('drain', write);
      write();
    };
    const { fetchUrl, deserted } = await fetching(t, {
      'said.example': {
        serve: (_req, res) => void res.writeHead(200, { 'content-length': 1e12 }).write('x'),
      },
      'endless.example': { serve: endless },
    });
    assert.equal(await failure(fetchUrl('https://said.example/', everything())), 'too_large');
    assert.equal(await failure(fetchUrl('https://endless.example/', everything())), 'too_large');
    assert.ok(written < 32, `${written} MiB`);
    let left = 100;
    const little = { ...everything(), take: (bytes: number) => (left -= bytes) >= 0 };
    assert.equal(await failure(fetchUrl('https://endless.example/', little)), 'too_large');
    await deserted();
  },
);

test('a server that is slow with its head or its body is waited for ten seconds', bounded, async (t) => {
  const begun = Promise.withResolvers<void>();
  const { fetchUrl, clock, deserted } = await fetching(t, {
    'silent.example': { serve: () => begun.resolve() },
    'slow.example': { serve: (_req, res) => void res.write('x', () => slow.resolve()) },
  });
  const slow = Promise.withResolvers<void>();
  const silent = failure(fetchUrl('https://silent.example/', everything()));
  await begun.promise;
  clock.advance(10_000);
  assert.equal(await silent, 'deadline');
  const trickling = failure(fetchUrl('https://slow.example/', everything()));
  await slow.promise;
  clock.advance(9_999);
  assert.equal(clock.pending(), 1);
  clock.advance(1);
  assert.equal(await trickling, 'deadline');
  assert.equal(clock.pending(), 0);
  await deserted();
});

test('a fetch ends with its request, for the reason of the request', bounded, async (t) => {
  const begun = Promise.withResolvers<void>();
  const left = new AbortController();
  const { fetchUrl, deserted } = await fetching(t, { 'silent.example': { serve: () => begun.resolve() } });
  const fetched = fetchUrl('https://silent.example/', { take: () => true, signal: left.signal });
  await begun.promise;
  left.abort(new Error('the client has left'));
  await assert.rejects(fetched, { message: 'the client has left' });
  await deserted();
});
