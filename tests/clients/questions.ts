import { z } from 'zod';

/** Makes the usage of an answer known beforehand. */
export const USAGE = '[[sim: usage input=1000 cached=800 output=50 reasoning=20]]';

/** A question that the model answers with two calls of a tool of this kind, and then with its results. */
export const WEATHER_PROMPT = 'What is the weather in Paris and London?';
export const weatherPlace = z.object({ location: z.string() });
export const weatherOf = ({ location }: z.infer<typeof weatherPlace>): string => `7 degrees in ${location}`;
export const WEATHER_ANSWER =
  'The tool get_weather returned: 7 degrees in Paris\nThe tool get_weather returned: 7 degrees in London';
/** What the tool loop adds to the input, call ids aside. */
export const WEATHER_TURN = [
  { type: 'function_call', call_id: 'string', name: 'get_weather', arguments: '{"location":"Paris"}' },
  { type: 'function_call', call_id: 'string', name: 'get_weather', arguments: '{"location":"London"}' },
  { type: 'function_call_output', call_id: 'string', output: '7 degrees in Paris' },
  { type: 'function_call_output', call_id: 'string', output: '7 degrees in London' },
];

/** A question whose answer in this form is known. */
export const meeting = z.object({ name: z.string(), date: z.string(), places: z.array(z.string()) });
export const MEETING_PROMPT = 'Alice plans something on 2026-11-21 in Paris.';
export const MEETING = { name: 'Alice', date: '2026-11-21', places: ['Paris'] };

/** A PNG of 3 by 2 red pixels, base64. */
export const RED_PIXELS =
  'iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAIAAAASFvFNAAAADklEQVR4nGP4DwYMGBQAcvQL9U2v0FQAAAAASUVORK5CYII=';

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
