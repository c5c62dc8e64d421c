import assert from 'node:assert/strict';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { listen } from '@codex-gateway/service-kit/lifecycle.ts';
import { createSimulator, type Simulator } from '@codex-gateway/simulator/app.ts';
import { accountsReplySchema, tokensReplySchema } from '@codex-gateway/wire/broker/contract.ts';
import { logIn } from '../src/commands/login.ts';
import { readCommandConfig } from '../src/config.ts';
import { makeHome, run } from './child.ts';

const BROKER_SECRET = 'caller-secret-canary';
const ADMIN_SECRET = 'admin-secret-canary';

interface Bench {
  readonly home: string;
  readonly simulator: Simulator;
  readonly environment: Record<string, string>;
  /** Runs the program; the environment is that of the broker, with changes. */
  readonly auth: (words: string, changes?: Record<string, string>) => ReturnType<typeof run>;
  /** A broker as a process; the environment with which a command finds it. */
  readonly serve: () => Promise<{
    readonly broker: ReturnType<typeof run>;
    readonly found: { PORT: string };
  }>;
}

async function createBench(t: TestContext): Promise<Bench> {
  const home = await makeHome(t);
  const simulator = await createSimulator({ deviceAutoApprove: false });
  t.after(() => simulator.close());
  const environment = {
    HOME: home,
    BROKER_SECRET,
    CODEX_GATEWAY_CONTAINER: '1',
    OAUTH_ISSUER: simulator.issuerUrl,
  };
  const auth: Bench['auth'] = (words, changes = {}) =>
    run(t, { ...environment, ...changes }, ...words.split(' '));
  return {
    home,
    simulator,
    environment,
    auth,
    serve: async () => {
      const broker = auth('serve', { ADMIN_SECRET });
      const { port } = await broker.line('listening');
      await broker.line('account');
      return { broker, found: { PORT: String(port) } };
    },
  };
}

/** Waits until the command shows its code, then is the person who types it. */
async function typeCode(command: ReturnType<typeof run>, simulator: Simulator): Promise<void> {
  const [, userCode = ''] = await command.said(/enter the code (\S+)/);
  assert.ok(simulator.control.approveDevice(userCode));
}

const lines = (text: string) => text.trimEnd().split('\n');

test('a device login through the running broker: the code is shown, the tokens are served, nothing secret is printed', async (t) => {
  const { simulator, auth, serve, home } = await createBench(t);
  const { broker, found } = await serve();
  const command = auth('login --device', { ...found, ADMIN_SECRET });
  await typeCode(command, simulator);
  const { code, out, err } = await command.exited;
  assert.deepEqual([code, err], [0, '']);
  assert.match(
    out,
    /^Open http:\/\/127\.0\.0\.1:\d+\/codex\/device and enter the code [0-9A-F]{4}-[0-9A-F]{4}\nIt is good until \S+\. Waiting …\ndefault: signed in \(plan plus, generation 1\), access token until \S+\n$/,
  );
  const reply = await fetch(`http://127.0.0.1:${found.PORT}/v1/tokens`, {
    method: 'POST',
    headers: { authorization: `Bearer ${BROKER_SECRET}` },
  });
  const [account] = tokensReplySchema.parse(await reply.json()).accounts;
  assert.ok(account);

  const status = await auth('status --json', { ...found, ADMIN_SECRET }).exited;
  assert.equal(accountsReplySchema.parse(JSON.parse(status.out)).accounts[0]?.lastOutcome, 'adopted');
  const record = await readFile(join(home, '.codex-gateway/accounts/default.json'), 'utf8');
  const { refreshToken } = JSON.parse(record);
  broker.child.kill('SIGTERM');
  const told = [out, status.out, status.err, ...Object.values(await broker.exited)].join('\n');
  for (const secret of [account.accessToken, refreshToken, ADMIN_SECRET, BROKER_SECRET])
    assert.ok(!told.includes(secret));
});

test('without a broker the commands work on its store: the next broker has what they did', async (t) => {
  const { simulator, auth, serve } = await createBench(t);
  const before = await auth('status').exited;
  assert.deepEqual(
    [before.code, lines(before.out)[1]],
    [0, 'default *   unseeded   -      -                    -              auth login --alias default'],
  );
  const command = auth('login');
  await typeCode(command, simulator);
  assert.equal((await command.exited).code, 0);
  const { broker, found } = await serve();
  assert.deepEqual((await broker.line('account'))['state'], 'ok');
  const status = await auth('status', { ...found, ADMIN_SECRET }).exited;
  assert.match(lines(status.out)[1] ?? '', /^default \* {3}ok {6}plus /);
});

test('a broker that is there and whose admin secret is not: 75 and what to set; a wrong one: 1', async (t) => {
  const { auth, serve } = await createBench(t);
  const { broker, found } = await serve();
  const without = await auth('login', found).exited;
  assert.equal(without.code, 75);
  assert.match(
    without.err,
    new RegExp(
      `in use by another broker \\(pid ${broker.child.pid} on .*\\nTo go through that broker, set ADMIN_SECRET `,
    ),
  );
  const wrong = await auth('login --browser', { ...found, ADMIN_SECRET: 'wrong' }).exited;
  assert.deepEqual(
    [wrong.code, wrong.out, wrong.err],
    [1, '', 'the broker does not know this ADMIN_SECRET (the caller is not known)\n'],
  );
  // looking needs no hold on the store
  assert.equal((await auth('status', found).exited).code, 0);
});

test('a broker that dies during a login: the command says so and ends', async (t) => {
  const { auth, serve } = await createBench(t);
  const { broker, found } = await serve();
  const command = auth('login', { ...found, ADMIN_SECRET });
  await command.said(/enter the code/);
  broker.child.kill('SIGKILL');
  const { code, err } = await command.exited;
  assert.equal(code, 1);
  assert.match(
    err,
    /^the broker at http:\/\/127\.0\.0\.1:\d+ does not answer \((ECONNREFUSED|ECONNRESET|UND_ERR_SOCKET)\)\n$/,
  );
});

test('a login that is refused at the issuer: 1 and the reason', async (t) => {
  const { auth, simulator } = await createBench(t);
  const command = auth('login');
  const [, userCode = ''] = await command.said(/enter the code (\S+)/);
  simulator.control.denyDevice(userCode);
  const { code, err } = await command.exited;
  assert.deepEqual([code, err], [1, 'not signed in: the sign-in was refused at the issuer\n']);
});

test('import: a file or standard input, another account only when told so, malformed by field', async (t) => {
  const { auth, simulator, home } = await createBench(t);
  const write = async (name: string, login: object) => {
    const path = join(home, name);
    await writeFile(path, JSON.stringify(login));
    return path;
  };
  const mine = await write('a.json', simulator.control.login({ accountId: 'acct-a' }));
  const other = simulator.control.login({ accountId: 'acct-b' });
  const otherFile = await write('b.json', other);
  const broken = await write('c.json', { ...other, tokens: { ...other.tokens, refresh_token: 17 } });

  const first = await auth(`import ${mine}`).exited;
  assert.equal(first.code, 0);
  assert.match(
    first.out,
    /^default: signed in \(plan plus, generation 1\), access token until \S+\nA Codex CLI that uses the same file is signed out at its next refresh\.\n$/,
  );
  const refused = await auth(`import ${otherFile}`).exited;
  assert.equal(refused.code, 1);
  assert.match(refused.err, /^this is a login of another ChatGPT account than the record of "default"/);
  const piped = auth('import - --replace');
  piped.child.stdin.end(JSON.stringify(other));
  assert.match((await piped.exited).out, /generation 2/);
  const results = await Promise.all(
    [`import ${broken}`, `import ${home}/none.json`, `import ${mine} --alias spare`].map(
      (words) => auth(words, { TOKEN_STORE_PATH: join(home, words.slice(-9).replaceAll(/\W/g, '')) }).exited,
    ),
  );
  assert.deepEqual(
    results.map(({ code, out, err }) => [code, out, err]),
    [
      [1, '', 'tokens.refresh_token: must be a string\n'],
      [1, '', `${home}/none.json cannot be read (ENOENT)\n`],
      [1, '', 'no account "spare": ACCOUNTS lists default\n'],
    ],
  );
});

test('logout: the login ends at the issuer, then there is none to end; an issuer that is away is told', async (t) => {
  const { auth, simulator, home } = await createBench(t);
  const path = join(home, 'auth.json');
  await writeFile(path, JSON.stringify(simulator.control.login()));
  await auth(`import ${path}`).exited;
  const first = await auth('logout').exited;
  assert.deepEqual([first.code, first.out], [0, 'default: signed out, here and at the issuer\n']);
  const second = await auth('logout').exited;
  assert.deepEqual([second.code, second.out], [0, 'default: there is no login to end\n']);
  assert.equal(
    simulator.control.journal().requests.filter(({ endpoint }) => endpoint === 'revoke').length,
    1,
  );

  await writeFile(path, JSON.stringify(simulator.control.login()));
  await auth(`import ${path}`).exited;
  const away = await auth('logout', { OAUTH_ISSUER: 'http://127.0.0.1:1' }).exited;
  assert.deepEqual(
    [away.code, away.err],
    [
      1,
      'default: signed out here, but not at the issuer (the issuer cannot be reached (ECONNREFUSED)): end that session in the settings of ChatGPT\n',
    ],
  );
  assert.match(lines((await auth('status').exited).out)[1] ?? '', / unseeded /);
});

test('doctor: what a broker needs, line by line; 1 when something is wrong, 78 when it is the configuration', async (t) => {
  const { auth, home, simulator } = await createBench(t);
  const well = await auth('doctor', { ADMIN_SECRET }).exited;
  assert.deepEqual(
    [well.code, lines(well.out).map((line) => line.replace(/\d+ s (behind|ahead of)/, '0 s from'))],
    [
      0,
      [
        'ok    configuration  accounts default; admin secret set',
        'ok    broker         none answers at http://127.0.0.1:0',
        `ok    store          ${home}/.codex-gateway/accounts can be written`,
        `ok    issuer         ${simulator.issuerUrl} answers`,
        'ok    clock          0 s from the issuer',
      ],
    ],
  );
  const file = join(home, 'seed.json');
  await writeFile(file, '{');
  const changes = { OAUTH_ISSUER: 'http://127.0.0.1:1', AUTH_SEED_FILE: file, TOKEN_STORE_PATH: `${file}/x` };
  const ill = await auth('doctor', changes).exited;
  assert.deepEqual(
    [ill.code, lines(ill.out).filter((line) => line.startsWith('FAIL'))],
    [
      1,
      [
        `FAIL  seed           AUTH_SEED_FILE: ${file}: not valid JSON`,
        `FAIL  store          ${file}/x cannot be written (ENOTDIR)`,
        'FAIL  issuer         http://127.0.0.1:1 cannot be reached (ECONNREFUSED)',
      ],
    ],
  );
  const broken = await auth('doctor', { BROKER_SECRET: '', LOG_LEVEL: 'loud' }).exited;
  assert.equal(broken.code, 78);
  assert.match(
    broken.out,
    /^FAIL {2}configuration {2}LOG_LEVEL: .*\nFAIL {2}configuration {2}BROKER_SECRET: /,
  );
});

test('usage is 64, a broken configuration 78, help 0', async (t) => {
  const { auth } = await createBench(t);
  const wrong = await auth('log-in').exited;
  assert.deepEqual(
    [wrong.code, wrong.err],
    [64, 'there is no command "log-in"\nauth --help says what there is\n'],
  );
  const broken = await auth('status', { ACCOUNTS: '../x' }).exited;
  assert.deepEqual([broken.code, broken.err.split(':')[0]], [78, 'ACCOUNTS']);
  const help = await auth('login --help').exited;
  assert.deepEqual([help.code, help.err], [0, '']);
  assert.match(help.out, /auth login --browser \[--out FILE\]/);
});

test('login --browser --out writes a login for a Secret, readable for its owner alone and never over a file', async (t) => {
  const { environment, home, auth } = await createBench(t);
  const path = join(home, 'seed.json');
  const said: string[] = [];
  const context = {
    config: readCommandConfig(environment),
    version: '0.0.0-test',
    say: (line: string) => {
      said.push(line);
      const [url] = /http\S+/.exec(line) ?? [];
      if (url !== undefined) void visit(url);
    },
    // the registered port may be in use on this machine
    listen: async (...[handler, options]: Parameters<typeof listen>) => {
      const { server, port } = await listen(handler, { ...options, port: 0 });
      realPort = port;
      return { server, port: options.port };
    },
  };
  let realPort = 0;
  const visit = async (url: string) => {
    const reply = await fetch(url, { redirect: 'manual' });
    const { pathname, search } = new URL(reply.headers.get('location') ?? '');
    await fetch(`http://127.0.0.1:${realPort}${pathname}${search}`);
  };
  const command = { name: 'login', how: 'browser', alias: undefined, replace: false, out: path } as const;
  await logIn(command, context);
  assert.equal((await stat(path)).mode & 0o777, 0o600);
  const written = await readFile(path, 'utf8');
  const { auth_mode: mode, OPENAI_API_KEY: apiKey, tokens, last_refresh: at } = JSON.parse(written);
  assert.deepEqual(
    [mode, apiKey, Object.keys(tokens), tokens.account_id, typeof at],
    [
      'chatgpt',
      null,
      ['id_token', 'access_token', 'refresh_token', 'account_id'],
      'acct_simulated',
      'string',
    ],
  );
  for (const token of [tokens.id_token, tokens.access_token, tokens.refresh_token])
    assert.ok(!said.join('\n').includes(token));
  await assert.rejects(logIn(command, context), /seed\.json cannot be made \(EEXIST\)$/);
  assert.equal(await readFile(path, 'utf8'), written);

  assert.equal((await auth(`import ${path}`).exited).code, 0);
});
