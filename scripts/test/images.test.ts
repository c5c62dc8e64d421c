import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { projectFolder } from '../toolchain.mjs';

const dockerfiles = ['Dockerfile.gateway', 'Dockerfile.auth', join('deploy', 'simulator', 'Dockerfile')];

function linesOf(path: string): readonly string[] {
  return readFileSync(join(projectFolder, path), 'utf8').split('\n');
}

/** What stands between the name of the service and the part that is a service's own. */
function sharedPart(path: string): readonly string[] {
  const lines = linesOf(path);
  const end = lines.indexOf('# what differs');
  assert.ok(end > 0, `${path} says where the shared part ends`);
  return lines.slice(lines.findIndex((line) => line.startsWith('ARG SERVICE=')) + 1, end);
}

test('the images are built alike up to what differs', () => {
  const [gateway, ...others] = dockerfiles.map(sharedPart);
  for (const [index, other] of others.entries()) assert.deepEqual(other, gateway, dockerfiles[index + 1]);
});

test('code is compiled ahead with the flags that the image runs with: other flags would find nothing', () => {
  for (const path of dockerfiles) {
    const lines = linesOf(path);
    const flags = lines
      .filter((line) => /^(RUN \["\/nodejs\/bin\/node"|CMD )/.test(line))
      .map((line) => line.match(/"--max-[^"]+"/g));
    assert.equal(flags.length, 2, path);
    assert.deepEqual(flags[0], flags[1], path);
  }
});

test('no image names a shell, and each ends as a user that is not root', () => {
  for (const path of dockerfiles) {
    const final = linesOf(path).slice(
      linesOf(path).findIndex((line) => line.startsWith('FROM gcr.io/distroless/')),
    );
    assert.ok(final.includes('USER 65532:65532'), path);
    assert.deepEqual(
      final.filter((line) => /^(RUN|CMD|ENTRYPOINT) (?!\[)/.test(line)),
      [],
      path,
    );
  }
});

test('the command that messages name is in the image, where its program lies, and can be run', () => {
  const source = join('services', 'auth', 'bin', 'auth');
  assert.ok(linesOf('Dockerfile.auth').includes(`COPY ${source} /usr/local/bin/auth`));
  const [start, ...rest] = linesOf(source);
  assert.equal(start, '#!/nodejs/bin/node');
  const [, program = ''] = /import\('\/app\/(\S+)'\)/.exec(rest.join('\n')) ?? [];
  assert.ok(existsSync(join(projectFolder, program)), program);
  assert.notEqual(statSync(join(projectFolder, source)).mode & 0o111, 0);
});
