// Brings a redis-server for the tests where that is possible without asking: as root on Debian and its kin.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import process from 'node:process';

/**
 * Installs Debian's redis-server when there is none. Where it cannot, the tests find another Redis or say what they need.
 */
export function bringRedisServer() {
  const commands = installation({ has: isOnPath, isRoot: process.getuid?.() === 0 });
  if (commands.length > 0) console.log('Installing redis-server for the tests …');
  for (const [command, ...args] of commands) {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const { status, stderr } = spawnSync(command, args, {
      env,
      encoding: 'utf8',
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    if (status !== 0) return console.error(`${command} could not install it: ${stderr?.trim() ?? ''}`);
  }
}

/**
 * The commands that install it; none when it is there or cannot be installed.
 * @param {{ has: (command: string) => boolean, isRoot: boolean }} machine
 * @returns {readonly (readonly [string, ...string[]])[]}
 */
export function installation({ has, isRoot }) {
  if (has('redis-server') || !has('apt-get') || !isRoot) return [];
  const wait = ['-qq', '-o', 'DPkg::Lock::Timeout=120'];
  return [
    ['apt-get', ...wait, 'update'],
    ['apt-get', ...wait, 'install', '--yes', '--no-install-recommends', 'redis-server'],
  ];
}

/** @param {string} command */
function isOnPath(command) {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, command)));
}
