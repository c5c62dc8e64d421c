import { readdirSync, readFileSync } from 'node:fs';
import { isRecord } from '@codex-gateway/wire/record.ts';

const fixtures = new URL('../../../../packages/wire/fixtures/', import.meta.url);

/** What the golden files name is not all there: an upstream that looks would notice. */
const model = 'gpt-5.5';
const png = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1').toString('base64');

/** Bodies that a dialect accepts, one for each thing that it knows: those that the golden files translate. */
export function acceptedBodies(dialect: string): readonly unknown[] {
  const folder = new URL(`${dialect}/requests/`, fixtures);
  const read = (name: string, kind: 'client' | 'upstream'): string =>
    readFileSync(new URL(`${name}.${kind}.json`, folder), 'utf8');
  return readdirSync(folder)
    .flatMap((file) => /^(.+)\.client\.json$/.exec(file)?.[1] ?? [])
    .filter((name) => !Object.hasOwn(Object(JSON.parse(read(name, 'upstream'))), 'refused'))
    .map((name) => JSON.parse(read(name, 'client'), toServable) as unknown);
}

function toServable(name: string, value: unknown): unknown {
  if (name === 'model') return model;
  if (typeof value === 'string' && value.startsWith('data:image/')) return `data:image/png;base64,${png}`;
  return isRecord(value) && String(value['media_type']).startsWith('image/')
    ? { ...value, data: png }
    : value;
}
