import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { z } from 'zod';
import { files, redirecting, serving, startWeb, type Site, type Web } from '../client-urls/web.ts';
import { chat, json, messages, open, responses, send, type Answered, type DialectCase } from './client.ts';
import { startStack, type Stack } from './stack.ts';

const bounded = { timeout: 60_000 };

/** How one dialect names an image and a file, and where. */
interface Attaching {
  readonly dialect: DialectCase;
  readonly image: (url: string) => object;
  readonly imagePlace: string;
  readonly file: (url: string) => object;
  readonly filePlace: string;
}

const attaching: readonly Attaching[] = [
  {
    dialect: chat,
    image: (url) => ({ type: 'image_url', image_url: { url, detail: 'low' } }),
    imagePlace: 'messages[0].content[0].image_url.url',
    file: (url) => ({ type: 'input_file', file_url: url }),
    filePlace: 'messages[0].content[0].file_url',
  },
  {
    dialect: responses,
    image: (url) => ({ type: 'input_image', image_url: url, detail: 'low' }),
    imagePlace: 'input[0].content[0].image_url',
    file: (url) => ({ type: 'input_file', file_url: url }),
    filePlace: 'input[0].content[0].file_url',
  },
  {
    dialect: messages,
    image: (url) => ({ type: 'image', source: { type: 'url', url } }),
    imagePlace: 'messages.0.content.0.source.url',
    file: (url) => ({ type: 'document', source: { type: 'url', url } }),
    filePlace: 'messages.0.content.0.source.url',
  },
];

const usualSites: Readonly<Record<string, Site>> = {
  'png.example': serving(files.png),
  'jpeg.example': serving(files.jpeg),
  'gif.example': serving(files.gif),
  'webp.example': serving(files.webp),
  'pdf.example': serving(files.pdf),
  'text.example': serving(files.text),
  'html.example': serving('<!doctype html><title>internal-canary</title>'),
  'binary.example': serving(Buffer.from([0, 1, 2, 3])),
  'empty.example': serving(''),
  'huge.example': serving(Buffer.alloc(2 * 1024 * 1024, 'text ')),
  'missing.example': { serve: (_req, res) => void res.writeHead(404).end('internal-canary') },
  'inside.example': { ...serving('internal-canary'), lookups: [['10.1.2.3']] },
  'mixed.example': { ...serving(files.png), lookups: [['93.184.215.14', '127.0.0.1']] },
  'moved.example': redirecting('https://inside.example/'),
  'refusing.example': { serve: (req) => void req.socket.destroy() },
};

interface Fetching extends Stack {
  readonly web: Web;
  readonly ask: (dialect: DialectCase, content: readonly object[], more?: object) => Promise<Answered>;
  /** What the upstream was sent, as texts and attachments. */
  readonly sent: () => readonly unknown[];
}

interface FetchingOptions {
  readonly environment?: Readonly<Record<string, string>>;
  readonly sites?: Readonly<Record<string, Site>>;
}

async function fetching(t: TestContext, options: FetchingOptions = {}): Promise<Fetching> {
  const web = await startWeb(t, { ...usualSites, ...options.sites });
  const environment = { FETCH_CLIENT_URLS: 'inline', ...options.environment };
  const stack = await startStack(t, { environment, network: web.network });
  return {
    ...stack,
    web,
    ask: async ({ path, body, input }, content, more) =>
      send(stack.url + path, { body: { ...body('', { [input]: [{ role: 'user', content }] }), ...more } }),
    sent: () => sentBy(stack),
  };
}

const sentSchema = z.looseObject({
  input: z.array(z.looseObject({ content: z.array(z.unknown()).optional() })),
});

function sentBy({ simulator }: Stack): readonly unknown[] {
  const asked = simulator.control.journal().requests.filter(({ path }) => path.endsWith('/responses'));
  return sentSchema.parse(asked.at(-1)?.body).input.flatMap(({ content = [] }) => content);
}

const dataUrl = (type: string, bytes: Buffer) => `data:${type};base64,${bytes.toString('base64')}`;

const filed = (filename: string, data: string) => ({ type: 'input_file', filename, file_data: data });

const manyImages = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    type: 'input_image',
    image_url: `https://png.example/${index}`,
  }));

const hugeFile = (at: number) => ({ type: 'input_file', file_url: `https://huge.example/${at}` });

const errorSchema = z.object({
  error: z.looseObject({ message: z.string(), param: z.string().nullish(), code: z.string().optional() }),
});

/** The one 400 that a client is to get: its sentence without the place, which both envelopes name in their own way. */
function refusal(answered: Answered, place: string): string {
  assert.equal(answered.status, 400, answered.text);
  assert.equal(answered.headers['x-gateway-outcome'], 'client_error');
  const { message, param, code } = errorSchema.parse(json(answered)).error;
  assert.ok(message.includes(place), `${message} does not name ${place}`);
  if (param !== undefined) assert.deepEqual({ param, code }, { param: place, code: 'invalid_request' });
  return message.slice(message.indexOf(': ') + 2).replace(/\.$/, '');
}

for (const { dialect, image, file } of attaching) {
  const text = { type: 'text', text: 'What is this?' };
  const detail = dialect === messages ? 'auto' : 'low';

  test(`${dialect.name}: images and files are sent upstream as what their bytes are`, bounded, async (t) => {
    const { ask, sent } = await fetching(t);
    const content = [
      ...['png', 'jpeg', 'gif', 'webp'].map((name) => image(`https://${name}.example/`)),
      file('https://pdf.example/a/report.v1.pdf?token=secret'),
      file('https://text.example/'),
      text,
    ];
    const answered = await ask(dialect, content);
    assert.equal(answered.status, 200, answered.text);
    const [png, jpeg, gif, webp, pdf, note] = sent();
    const picture = (type: string, bytes: Buffer) => ({
      type: 'input_image',
      image_url: dataUrl(type, bytes),
      detail,
    });
    assert.deepEqual(
      [png, jpeg, gif, webp],
      [
        picture('image/png', files.png),
        picture('image/jpeg', files.jpeg),
        picture('image/gif', files.gif),
        picture('image/webp', files.webp),
      ],
    );
    assert.deepEqual(
      [pdf, note],
      [
        filed('report.v1.pdf', dataUrl('application/pdf', files.pdf)),
        filed('file.txt', dataUrl('text/plain', files.text)),
      ],
    );
  });
}

/** Three families: what the URL itself tells, what is behind it whoever asks, and what only this network could know. */
const unreachable = 'the URL could not be fetched';
const secretive = [
  'https://inside.example/',
  'https://mixed.example/',
  'https://moved.example/',
  'https://missing.example/',
  'https://nowhere.example/',
  'https://refusing.example/',
  'https://127.0.0.1/',
  'https://[::1]/',
];
const imageMistakes: readonly (readonly [string, string])[] = [
  ...secretive.map((url) => [url, unreachable] as const),
  ['http://png.example/', 'only https URLs without a user name and without a port are fetched'],
  ['https://user:secret@png.example/', 'only https URLs without a user name and without a port are fetched'],
  ['https://png.example:8443/', 'only https URLs without a user name and without a port are fetched'],
  ['https://html.example/', 'what stands at the URL is not a PNG, JPEG, GIF or WebP image'],
  ['https://pdf.example/', 'what stands at the URL is not a PNG, JPEG, GIF or WebP image'],
  ['https://empty.example/', 'what stands at the URL is not a PNG, JPEG, GIF or WebP image'],
  ['https://huge.example/', 'what stands at the URL is too large'],
];
const fileMistakes: readonly (readonly [string, string])[] = [
  ['https://inside.example/', unreachable],
  ['https://binary.example/', 'what stands at the URL is not a PDF or a text'],
  ['https://png.example/', 'what stands at the URL is not a PDF or a text'],
];

for (const { dialect, image, imagePlace, file, filePlace } of attaching) {
  test(
    `${dialect.name}: a URL that cannot be had is a 400 that names its place and tells nothing of the network`,
    bounded,
    async (t) => {
      const { ask, simulator, logs } = await fetching(t, { environment: { MAX_BODY_BYTES: '1048576' } });
      for (const [url, sentence] of imageMistakes)
        assert.equal(refusal(await ask(dialect, [image(url)]), imagePlace), sentence, url);
      for (const [url, sentence] of fileMistakes)
        assert.equal(refusal(await ask(dialect, [file(url)]), filePlace), sentence, url);
      const { requests } = simulator.control.journal();
      assert.equal(requests.filter(({ path }) => path.endsWith('/responses')).length, 0);
      assert.doesNotMatch(logs(), /internal-canary|\.example|10\.1\.2\.3/);
    },
  );
}

test(
  'answers about what is blocked, refused and not found are the same to the last byte',
  bounded,
  async (t) => {
    const { ask } = await fetching(t);
    for (const { dialect, image } of attaching) {
      const answers = new Set<string>();
      for (const url of secretive) {
        const { status, text } = await ask(dialect, [image(url)]);
        answers.add(`${status} ${text.replace(/req_[0-9a-f]+/, 'req')}`);
      }
      assert.equal(answers.size, 1, [...answers].join('\n'));
    }
  },
);

test(
  'a URL that stands more than once is fetched once, and the same turn is the same bytes again',
  bounded,
  async (t) => {
    const { ask, sent, web } = await fetching(t);
    const image = { type: 'image_url', image_url: { url: 'https://png.example/' } };
    const turn = [image, { type: 'text', text: 'Compare.' }, image];
    await ask(chat, turn);
    const first = JSON.stringify(sent());
    assert.equal(web.log.filter((line) => line.startsWith('GET')).length, 1);
    const turns = [
      { role: 'user', content: turn },
      { role: 'assistant', content: 'The same.' },
      { role: 'user', content: 'Sure?' },
    ];
    await ask(chat, [], { messages: turns });
    assert.ok(JSON.stringify(sent()).startsWith(first.slice(0, -1)));
    assert.equal(web.log.filter((line) => line.startsWith('GET')).length, 2);
  },
);

test(
  'more different URLs than twenty are refused before one is fetched; the first too many is named',
  bounded,
  async (t) => {
    const { ask, web } = await fetching(t);
    const refused = await ask(responses, manyImages(50));
    assert.equal(
      refusal(refused, 'input[0].content[20].image_url'),
      'the request names more URLs than are fetched for one request',
    );
    assert.deepEqual(web.log, []);
    assert.equal((await ask(responses, manyImages(20))).status, 200);
  },
);

test('all attachments together have the room that the body has left', bounded, async (t) => {
  const { ask } = await fetching(t, { environment: { MAX_BODY_BYTES: '4194304' } });
  assert.equal((await ask(responses, [hugeFile(1)])).status, 200);
  const answered = await ask(responses, [hugeFile(1), hugeFile(2)]);
  assert.match(answered.text, /what stands at the URL is too large/);
});

test('a fetch ends when its client leaves', bounded, async (t) => {
  const begun = Promise.withResolvers<void>();
  const silent: Site = { serve: () => begun.resolve() };
  const { url, web } = await fetching(t, { sites: { 'silent.example': silent } });
  const content = [{ type: 'image_url', image_url: { url: 'https://silent.example/' } }];
  const sent = open(url + chat.path, { body: chat.body('', { messages: [{ role: 'user', content }] }) });
  sent.on('error', () => {});
  await begun.promise;
  sent.destroy();
  await web.deserted();
});

test('an image of a conversation that is remembered is fetched for its next turn', bounded, async (t) => {
  const { ask, sent, url } = await fetching(t);
  const image = { type: 'input_image', image_url: 'https://png.example/' };
  const { id } = z.object({ id: z.string() }).parse(json(await ask(responses, [image])));
  const goOn = () =>
    send(`${url}/v1/responses`, { body: { model: 'gpt-5.5', previous_response_id: id, input: 'And now?' } });
  assert.equal((await goOn()).status, 200);
  const [again] = sent();
  assert.deepEqual(again, { ...image, image_url: dataUrl('image/png', files.png) });
});

test('by default no URL is fetched: it goes upstream as it is', bounded, async (t) => {
  const { ask, sent, web } = await fetching(t, { environment: { FETCH_CLIENT_URLS: 'never' } });
  const image = { type: 'input_image', image_url: 'https://inside.example/' };
  assert.equal((await ask(responses, [image])).status, 200);
  assert.deepEqual(sent(), [image]);
  assert.deepEqual(web.log, []);
});

test('a count of tokens fetches nothing', bounded, async (t) => {
  const { url, web } = await fetching(t);
  const input = [{ role: 'user', content: [{ type: 'input_image', image_url: 'https://png.example/' }] }];
  const counted = await send(`${url}/v1/responses/input_tokens`, { body: { model: 'gpt-5.5', input } });
  assert.equal(counted.status, 200);
  assert.deepEqual(web.log, []);
});

test('what was fetched and what was not is counted by reason', bounded, async (t) => {
  const { ask, opsUrl } = await fetching(t);
  for (const host of ['png', 'inside', 'missing', 'html'])
    await ask(responses, [{ type: 'input_image', image_url: `https://${host}.example/` }]);
  const { text } = await send(`${opsUrl}/metrics`, { key: null });
  const rows = text.split('\n').filter((line) => line.startsWith('codex_gateway_client_urls_total'));
  assert.deepEqual(rows.toSorted(), [
    'codex_gateway_client_urls_total{result="address"} 1',
    'codex_gateway_client_urls_total{result="image_type"} 1',
    'codex_gateway_client_urls_total{result="inlined"} 1',
    'codex_gateway_client_urls_total{result="status"} 1',
  ]);
});
