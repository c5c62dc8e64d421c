// `npm run auth -- login`: the commands of the token broker, on the Node that they need.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';
import { prepare, projectFolder, SetupError } from './toolchain.mjs';

try {
  const { node, environment } = prepare();
  const main = join(projectFolder, 'services', 'auth', 'src', 'main.ts');
  const { status } = spawnSync(node, [main, ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: environment,
  });
  process.exitCode = status ?? 1;
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
