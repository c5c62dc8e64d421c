import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createManualClock } from '@codex-gateway/testkit/manual-clock.ts';
import { startStack } from './stack.ts';
import { hashKey } from '../../src/keys/api-keys.ts';
import { send } from './client.ts';

function keysText(...texts: readonly string[]): string {
  return JSON.stringify({ keys: texts.map((text) => ({ id: text, sha256: hashKey(text) })) });
}

test(
  'keys come and go with their file, and a broken file changes nothing',
  { timeout: 60_000 },
  async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'gateway-reload-'));
    t.after(() => rmSync(folder, { recursive: true }));
    const path = join(folder, 'keys.json');
    writeFileSync(path, keysText('old'));
    const clock = createManualClock();
    const environment = { API_KEYS_FILE: path, API_KEY: '' };
    const { url, opsUrl, logs } = await startStack(t, { clock, environment });
    const status = async (key: string) => (await send(`${url}/v1/models`, { key })).status;
    assert.deepEqual([await status('old'), await status('new')], [200, 401]);

    writeFileSync(path, keysText('new'));
    assert.deepEqual([await status('old'), await status('new')], [200, 401]);
    clock.advance(5_000);
    assert.deepEqual([await status('old'), await status('new')], [401, 200]);

    writeFileSync(path, '{"keys": [');
    clock.advance(60_000);
    assert.deepEqual([await status('old'), await status('new')], [401, 200]);
    assert.equal(logs().split('API keys file is broken').length, 2);
    const { text } = await send(`${opsUrl}/metrics`);
    assert.match(text, /^codex_gateway_keys_reloads_total\{result="reloaded"\} 1$/m);
    assert.match(text, /^codex_gateway_keys_reloads_total\{result="broken"\} 1$/m);
  },
);
