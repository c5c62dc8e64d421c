import type { TestContext } from 'node:test';

const folder = new URL('../../fixtures/anthropic-messages/', import.meta.url);

/** Compares with the file as it is; `--test-update-snapshots` writes it. */
export function golden(t: TestContext, text: string, file: string): void {
  t.assert.fileSnapshot(text, new URL(file, folder).pathname, { serializers: [(value: string) => value] });
}

export function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
