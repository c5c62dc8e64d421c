// `npm test`: brings what the tests need and runs all of them, the real clients included.
// Paths after `--` run only those files: npm test -- services/auth/test/refresh.test.ts
import process from 'node:process';
import { bringRedisServer } from './redis-server.mjs';
import { runTests, testFiles } from './test-run.mjs';
import { installClients, prepare, projectFolder, SetupError } from './toolchain.mjs';

try {
  const { node, environment } = prepare();
  installClients(projectFolder, { node, environment });
  bringRedisServer();
  const chosen = process.argv.slice(2);
  process.exitCode = await runTests(chosen.length > 0 ? chosen : testFiles(projectFolder), {
    node,
    environment:
      process.stdout.isTTY && !environment['NO_COLOR'] ? { ...environment, FORCE_COLOR: '1' } : environment,
    folder: projectFolder,
    write: (text) => void process.stdout.write(text),
  });
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
