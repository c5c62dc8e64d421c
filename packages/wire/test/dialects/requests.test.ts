import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import { nothingRecalled, type Dialect } from '../../src/dialects/dialect.ts';
import { dialects } from '../../src/dialects/registry.ts';
import { FaultError } from '../../src/fault.ts';
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
        const golden = `${JSON.stringify(told(dialect, body), null, 2)}\n`;
        t.assert.fileSnapshot(golden, new URL(`${name}.upstream.json`, folder).pathname, {
          serializers: [(text: string) => text],
        });
      });
    }
  });
}

/** What goes upstream for a body, and what is done here; or the answer, where it is refused. */
function told(dialect: Dialect, body: unknown): unknown {
  try {
    const exchange = dialect.open(body, openContext());
    const upstream = exchange.codexRequest(nothingRecalled);
    assert.deepEqual(fieldsToRefuse(upstream), []);
    assert.deepEqual(exchange.codexRequest(nothingRecalled), upstream, 'a retry sends the same');
    const { wantsStream, warnings, recall } = exchange;
    const maxTokens = exchange.maxTokens?.tokens ?? null;
    return { upstream, wantsStream, warnings, maxTokens, recall };
  } catch (error) {
    if (!(error instanceof FaultError)) throw error;
    return { refused: dialect.errorReply(error.fault, 'req_1') };
  }
}
