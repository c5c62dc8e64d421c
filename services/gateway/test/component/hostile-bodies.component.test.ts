import assert from 'node:assert/strict';
import { Agent } from 'node:http';
import { test, type TestContext } from 'node:test';
import * as fc from 'fast-check';
import { corruptedBody, oddValue } from '../hostile/corruption.ts';
import { acceptedBodies } from '../hostile/seeds.ts';
import { verdictOn, type Verdict } from '../hostile/verdict.ts';
import { dialectCases, send, type Answered } from './client.ts';
import { startStack, type Stack } from './stack.ts';

/**
 * Bodies that nobody has thought of. The same few hundred each time; for more, by hand:
 * HOSTILE_RUNS=100000 HOSTILE_SEED=7 node --test services/gateway/test/component/hostile-bodies.component.test.ts
 */
const { HOSTILE_RUNS: runs = '150', HOSTILE_SEED: seed = '1' } = process.env;
const parameters = { numRuns: Number(runs), seed: Number(seed) };

/** Sends bodies over one connection, to a gateway that knows its models. */
async function poster(t: TestContext, { url }: Stack, path: string) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  t.after(() => agent.destroy());
  await send(`${url}/v1/models`);
  return (body: unknown): Promise<Answered> => send(url + path, { body: JSON.stringify(body), agent });
}

for (const { name, path } of dialectCases) {
  const accepted = acceptedBodies(name);
  const anyBody = fc.oneof(
    { weight: 9, arbitrary: corruptedBody(accepted) },
    { weight: 1, arbitrary: oddValue },
  );

  test(`${name}: the bodies that all others are made of go upstream`, async (t) => {
    const post = await poster(t, await startStack(t), path);
    for (const body of accepted) {
      const verdict = verdictOn(await post(body), name, body);
      assert.notEqual(verdict, 'refused', JSON.stringify(body));
    }
  });

  test(`${name}: a body with anything wrong in it is refused with its place, or answered`, async (t) => {
    const stack = await startStack(t);
    const post = await poster(t, stack, path);
    const verdicts: Record<Verdict, number> = { answered: 0, refused: 0, 'refused by the upstream': 0 };
    const property = fc.asyncProperty(anyBody, async (body) => {
      verdicts[verdictOn(await post(body), name, body)] += 1;
    });
    await fc.assert(property, parameters);
    t.diagnostic(JSON.stringify(verdicts));
    assert.ok(verdicts.answered > 0 && verdicts.refused > 0);
    assert.doesNotMatch(stack.logs(), /internal error/);
  });
}
