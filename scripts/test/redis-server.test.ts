import assert from 'node:assert/strict';
import { test } from 'node:test';
import { installation } from '../redis-server.mjs';

/** What would be run on a machine with these commands. */
function runs(isRoot: boolean, ...commands: readonly string[]): readonly (string | undefined)[] {
  const has = (command: string): boolean => commands.includes(command);
  return installation({ has, isRoot }).map((command) => `${command[0]} … ${command.at(-1)}`);
}

test("Debian's package is installed where it is missing and may be installed", () => {
  assert.deepEqual(runs(true, 'apt-get'), ['apt-get … update', 'apt-get … redis-server']);
});

test('nothing is installed where a redis-server is, where there is no apt-get, and without the right to', () => {
  assert.deepEqual([runs(true, 'apt-get', 'redis-server'), runs(true), runs(false, 'apt-get')], [[], [], []]);
});
