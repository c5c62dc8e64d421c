import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { test } from 'node:test';
import { BROKER_SECRET, STACK_KEY, startStack } from './stack.ts';
import { startProcess } from '../gateway-process.ts';
import { chat, dialectCases, head, json, open, send } from './client.ts';

const STREAMS = 50;

async function textOf(answer: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of answer.setEncoding('utf8')) text += String(chunk);
  return text;
}

test(
  'SIGTERM cuts no stream, serves on for a while, then refuses, and ends right after the last',
  { timeout: 60_000 },
  async (t) => {
    const { simulator, brokerUrl } = await startStack(t);
    const { control } = simulator;
    const gateway = startProcess(t, {
      PORT: '0',
      OPS_PORT: '0',
      API_KEY: STACK_KEY,
      BROKER_URL: brokerUrl,
      BROKER_SECRET,
      CODEX_BASE_URL: simulator.backendUrl,
    });
    const { port } = await gateway.untilSaid('gateway is listening');
    const url = `http://127.0.0.1:${String(port)}`;

    const asks = Array.from({ length: STREAMS }, (_, index) => {
      const dialect = dialectCases[index % dialectCases.length] ?? chat;
      const body = dialect.body('[[sim: step]] [[sim: stream events=6]]', { stream: true });
      return head(open(url + dialect.path, { body }));
    });
    await control.until(() => control.openStreams().length === STREAMS);
    const streams = control.openStreams();
    await Promise.all(streams.map((id) => control.advance(id, 6)));
    const running = (await Promise.all(asks)).map(textOf);

    const silent = connect(Number(port), '127.0.0.1').resume();
    await once(silent, 'connect');
    gateway.child.kill('SIGTERM');
    const { requests } = await gateway.untilSaid('draining');
    assert.equal(requests, STREAMS);
    gateway.child.kill('SIGTERM'); // a second one changes nothing
    const served = await send(url + chat.path, { body: chat.body('Say exactly: still here') });
    assert.deepEqual([served.status, served.headers.connection], [200, 'close'], served.text);
    const ready = await send(`${url}/ready`);
    const expected = { status: 'not_ready', mode: 'codex_oauth', reasons: ['draining'] };
    assert.deepEqual([ready.status, json(ready)], [503, expected]);

    // a connection that never asked for anything is closed when new ones are refused
    await once(silent, 'close');
    await assert.rejects(send(`${url}/healthz`), { code: 'ECONNREFUSED' });
    assert.deepEqual(new Set(control.openStreams()), new Set(streams));
    assert.equal(gateway.child.exitCode, null);

    await Promise.all(streams.map((id) => control.advance(id, 1_000)));
    for (const text of await Promise.all(running)) {
      assert.match(text, /simulated/);
      assert.match(text, /(data: \[DONE\]|"message_stop"\})\n\n$/);
      assert.doesNotMatch(text, /"error":\{/);
    }
    assert.equal(await gateway.exit, 0, gateway.stderr());
    const endings = control.journal().requests.filter(({ endpoint }) => endpoint === 'responses');
    assert.deepEqual(new Set(endings.map(({ ending }) => ending)), new Set(['complete']));
    assert.equal(gateway.stderr(), '');
  },
);
