import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createSandbox } from '../sandbox.ts';
import { startStack } from '../stack.ts';

const python = process.env['CLIENTS_PYTHON'];
assert.ok(python, 'CLIENTS_PYTHON is not set: run npm run test:python');

const folder = import.meta.dirname;
const stack = await startStack();
after(() => stack.stop());

for (const file of readdirSync(folder).filter((name) => /^test_\w+\.py$/.test(name))) {
  test(`${file}: every test passes, none is skipped, and nothing outside is wanted`, async (t) => {
    const { run, outside } = await createSandbox(t);
    const { exitCode, stderr } = await run(python, [join(folder, file)], {
      GATEWAY_URL: stack.url,
      GATEWAY_API_KEY: stack.apiKey,
      SIMULATOR_URL: stack.simulator.origin,
      PYTHONDONTWRITEBYTECODE: '1',
    });
    assert.equal(exitCode, 0, stderr);
    assert.match(stderr, /^Ran [1-9]\d* tests? in [^]*^OK$/m);
    assert.deepEqual(outside(), []);
  });
}
