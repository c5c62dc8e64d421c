import assert from 'node:assert/strict';
import { z } from 'zod';
import type { UpstreamItem } from './simulator.ts';

/** Makes the usage of an answer known beforehand. */
export const USAGE = '[[sim: usage input=1000 cached=800 output=50 reasoning=20]]';

/** A question that the model answers with two calls of a tool of this kind, and then with its results. */
export const WEATHER_PROMPT = 'What is the weather in Paris and London?';
export const weatherPlace = z.object({ location: z.string() });
export const weatherOf = ({ location }: z.infer<typeof weatherPlace>): string => `7 degrees in ${location}`;
export const WEATHER_ANSWER =
  'The tool get_weather returned: 7 degrees in Paris\nThe tool get_weather returned: 7 degrees in London';
/** A question to which it makes the same calls, but the second only when it has the result of the first. */
export const WEATHER_IN_STEPS =
  '[[sim: sequential]] [[sim: call get_weather {"location":"Paris"}]] [[sim: call get_weather {"location":"London"}]] Go.';

const called = (location: string) => ({
  type: 'function_call',
  call_id: 'string',
  name: 'get_weather',
  arguments: JSON.stringify({ location }),
});
const answered = (location: string) => ({
  type: 'function_call_output',
  call_id: 'string',
  output: weatherOf({ location }),
});
/** What the tool loop adds to the input, reasoning aside. */
export const WEATHER_TURN = [called('Paris'), called('London'), answered('Paris'), answered('London')];
/** What the two turns of the loop add when the calls come one after the other. */
export const WEATHER_STEPS = [
  [called('Paris'), answered('Paris')],
  [called('London'), answered('London')],
];

/** Each of the turns has what was expected, after the sealed reasoning that led to it. */
export function assertTurns(
  turns: readonly (readonly UpstreamItem[])[],
  expected: readonly (readonly unknown[])[],
): void {
  assert.deepEqual(
    turns.map(([reasoning]) => [reasoning?.type, typeof reasoning?.encrypted_content]),
    expected.map(() => ['reasoning', 'string']),
  );
  assert.deepEqual(
    turns.map(([, ...turn]) => essence(turn)),
    expected,
  );
}

/** A question whose answer in this form is known. */
export const meeting = z.object({ name: z.string(), date: z.string(), places: z.array(z.string()) });
export const MEETING_PROMPT = 'Alice plans something on 2026-11-21 in Paris.';
export const MEETING = { name: 'Alice', date: '2026-11-21', places: ['Paris'] };

/** A PNG of 3 by 2 red pixels, base64. */
export const RED_PIXELS =
  'iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAIAAAASFvFNAAAAEElEQVR4nGP4z8AAQQxwFgBB0gX7h/C5SAAAAABJRU5ErkJggg==';

/** A PDF of one empty page. */
export const EMPTY_PAGE = `%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 72 72]>>endobj
trailer<</Root 1 0 R>>
%%EOF
`;

const ANEW: ReadonlySet<string> = new Set([
  'id',
  'call_id',
  'created',
  'created_at',
  'completed_at',
  'encrypted_content',
  'signature',
]);

/** What two answers to one question must agree on: all of it, but for what is made anew for each answer. */
export function essence(answer: unknown): unknown {
  return JSON.parse(
    JSON.stringify(answer, (name, value: unknown) => (ANEW.has(name) ? typeof value : value)),
  );
}
