import { readdirSync, readFileSync } from 'node:fs';
import { isRecord } from '@codex-gateway/wire/record.ts';

const fixtures = new URL('../../../../packages/wire/fixtures/', import.meta.url);

/** What the golden files name is not all there: an upstream that looks would notice. */
const model = 'gpt-5.5';
const png = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1').toString('base64');

/** Bodies that a dialect accepts, one for each thing that it knows: those that the golden files translate. */
export function acceptedBodies(dialect: string): readonly unknown[] {
  const folder = new URL(`${dialect}/requests/`, fixtures);
  return readdirSync(folder)
    .filter((file) => file.endsWith('.client.json'))
    .map((file) => JSON.parse(readFileSync(new URL(file, folder), 'utf8'), toServable) as unknown);
}

function toServable(name: string, value: unknown): unknown {
  if (name === 'model') return model;
  if (typeof value === 'string' && value.startsWith('data:image/')) return `data:image/png;base64,${png}`;
  return isRecord(value) && String(value['media_type']).startsWith('image/')
    ? { ...value, data: png }
    : value;
}
