import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { projectFolder } from '../toolchain.mjs';

const read = (path: string): string => readFileSync(join(projectFolder, path), 'utf8');
/** What the tests need beside the clients. */
const beside: ReadonlySet<string> = new Set(['@langchain/core', 'zod']);
const inPython =
  /^(?:openai|anthropic|langchain|langchain-openai|langchain-anthropic|openai-agents)==(.+)$/gm;

test('docs/clients.md has the version of every client that is pinned', () => {
  const { dependencies } = JSON.parse(read('tests/clients/package.json')) as {
    dependencies: Record<string, string>; // npm reads no other shape
  };
  const pinned = [
    ...Object.entries(dependencies).flatMap(([name, version]) => (beside.has(name) ? [] : [version])),
    ...[...read('tests/clients/python/requirements.txt').matchAll(inPython)].map(
      ([, version = '']) => version,
    ),
  ];
  assert.equal(pinned.length, Object.keys(dependencies).length - beside.size + 6);
  const page = read('docs/clients.md');
  assert.deepEqual(
    pinned.filter((version) => !page.includes(version)),
    [],
  );
});
