// `npm run test:python`: the Python clients against a started stack. Beside what `npm test` needs it needs Python 3.
import process from 'node:process';
import { runTests } from './test-run.mjs';
import { installClients, installPythonClients, prepare, projectFolder, SetupError } from './toolchain.mjs';

try {
  const { node, environment } = prepare();
  installClients(projectFolder, { node, environment });
  const python = installPythonClients(projectFolder, { environment });
  process.exitCode = await runTests(['tests/clients/python/python-clients.ts'], {
    node,
    environment: { ...environment, CLIENTS_PYTHON: python },
    folder: projectFolder,
    write: (text) => void process.stdout.write(text),
  });
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
