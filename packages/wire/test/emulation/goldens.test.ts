import { test, type TestContext } from 'node:test';
import { dialectCases, open, replied, streamed } from './dialect-cases.ts';
import { emulationCases } from './golden-cases.ts';

for (const dialect of dialectCases) {
  const folder = new URL(`../../fixtures/${dialect.dialect.name}/`, import.meta.url);
  const golden = (t: TestContext, text: string, file: string): void =>
    t.assert.fileSnapshot(text, new URL(file, folder).pathname, { serializers: [(value: string) => value] });

  for (const { name, wish, events } of emulationCases) {
    if (wish.stop !== undefined && !dialect.takesStop) continue;
    test(`${dialect.dialect.name}: "${name}" is streamed and told as recorded`, (t) => {
      golden(t, streamed(open(dialect, wish), [events]), `streams/${name}.sse`);
      golden(t, `${JSON.stringify(replied(open(dialect, wish), events), null, 2)}\n`, `replies/${name}.json`);
    });
  }
}
