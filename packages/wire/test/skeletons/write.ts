// node packages/wire/test/skeletons/write.ts RECORDING PREFIX: writes the shapes of a recording's requests, those that no
// request golden has yet, as client bodies of request goldens.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dialects } from '../../src/dialects/registry.ts';
import { recordedRequests } from './recorded.ts';
import { createSkeletons } from './skeleton.ts';

const [recording, prefix] = process.argv.slice(2);
if (recording === undefined || prefix === undefined) throw new Error('usage: write.ts RECORDING PREFIX');

const requests = recordedRequests(JSON.parse(readFileSync(recording, 'utf8')));
const written = new Set(dialects.flatMap(({ name }) => clientBodies(name)));
for (const scenario of new Set(requests.map((request) => request.scenario))) {
  const skeletonOf = createSkeletons();
  for (const { name, path, body } of requests.filter((request) => request.scenario === scenario)) {
    const dialect = dialects.find((each) => path.endsWith(each.path));
    const text = `${JSON.stringify(skeletonOf(body), null, 2)}\n`;
    if (!dialect || written.has(text)) continue;
    written.add(text);
    const file = `../../fixtures/${dialect.name}/requests/${prefix}-${name}.client.json`;
    writeFileSync(new URL(file, import.meta.url), text);
    process.stdout.write(`${file.slice('../../'.length)}\n`);
  }
}

function clientBodies(dialect: string): readonly string[] {
  const folder = new URL(`../../fixtures/${dialect}/requests/`, import.meta.url);
  const files = readdirSync(folder).filter((file) => file.endsWith('.client.json'));
  return files.map((file) => readFileSync(new URL(file, folder), 'utf8'));
}
