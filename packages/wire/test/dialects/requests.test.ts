import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import { nothingRecalled } from '../../src/dialects/dialect.ts';
import { dialects } from '../../src/dialects/registry.ts';
import { openContext } from '../open-context.ts';
import { fieldsToRefuse } from '../upstream-fields.ts';

for (const dialect of dialects) {
  const folder = new URL(`../../fixtures/${dialect.name}/requests/`, import.meta.url);
  const cases = readdirSync(folder).flatMap((file) => /^(.+)\.client\.json$/.exec(file)?.[1] ?? []);

  suite(`${dialect.name}: from the client's body to the upstream's`, () => {
    test('there are request cases', () => {
      assert.ok(cases.length > 10);
    });

    for (const name of cases) {
      test(`the request "${name}" goes upstream as recorded`, (t) => {
        const body: unknown = JSON.parse(readFileSync(new URL(`${name}.client.json`, folder), 'utf8'));
        const exchange = dialect.open(body, openContext());
        const upstream = exchange.codexRequest(nothingRecalled);
        assert.deepEqual(fieldsToRefuse(upstream), []);
        assert.deepEqual(exchange.codexRequest(nothingRecalled), upstream, 'a retry sends the same');
        const { wantsStream, warnings, recall } = exchange;
        const maxTokens = exchange.maxTokens?.tokens ?? null;
        const golden = `${JSON.stringify({ upstream, wantsStream, warnings, maxTokens, recall }, null, 2)}\n`;
        t.assert.fileSnapshot(golden, new URL(`${name}.upstream.json`, folder).pathname, {
          serializers: [(text: string) => text],
        });
      });
    }
  });
}
