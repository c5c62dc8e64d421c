import { isRecord } from '../../src/record.ts';

/** One request of a recording. */
export interface RecordedRequest {
  readonly scenario: string;
  readonly name: string;
  readonly path: string;
  readonly body: unknown;
}

/**
 * The requests with a body in a recording: `{requests: [{scenario, path, body}]}`, or
 * `{scenarios: {<name>: {requests: [{url, body}]}}}`. Requests of one scenario are numbered when there are several.
 */
export function recordedRequests(recording: unknown): readonly RecordedRequest[] {
  if (!isRecord(recording)) return [];
  const found = isRecord(recording['scenarios'])
    ? Object.entries(recording['scenarios']).flatMap(([scenario, value]) =>
        recordsOf(isRecord(value) ? value['requests'] : []).map((request) => ({ ...request, scenario })),
      )
    : recordsOf(recording['requests']);
  const posts = found.filter(({ body }) => isRecord(body));
  return posts.map(({ scenario, path, url, body }) => {
    const siblings = posts.filter((other) => other.scenario === scenario);
    const number = siblings.findIndex((other) => other.body === body) + 1;
    return {
      scenario: String(scenario),
      name: nameOf(String(scenario), siblings.length > 1 ? number : null),
      path: String(path ?? url).replace(/\?.*$/, ''),
      body: withFewTools(withoutMarks(body)),
    };
  });
}

interface Loose {
  readonly scenario?: unknown;
  readonly path?: unknown;
  readonly url?: unknown;
  readonly body?: unknown;
}

function recordsOf(requests: unknown): readonly Loose[] {
  return Array.isArray(requests) ? requests.filter(isRecord) : [];
}

function nameOf(scenario: string, number: number | null): string {
  const words = scenario.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  return number === null ? words : `${words}-${number}`;
}

const decodedText = '<json string decoding to>';

/**
 * A recording without the marks of who has cut its texts out: a text that was decoded is a text again, a schema or a tool
 * of which only the names are left is one again, the list of a tool's members goes.
 */
function withoutMarks(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutMarks);
  if (!isRecord(value)) return value;
  if (decodedText in value) return JSON.stringify(withoutMarks(value[decodedText]));
  const { keys, ...members } = value;
  const whole = 'type' in members && Array.isArray(keys) ? members : value;
  return Object.fromEntries(
    Object.entries(whole).map(([name, each]) => {
      if (name === 'parameters' && typeof each === 'string') return [name, schemaOf(each)];
      return [name, name === 'tools' && Array.isArray(each) ? each.flatMap(toolsOf) : withoutMarks(each)];
    }),
  );
}

function schemaOf(cut: string): object {
  const [, names = ''] = /properties: ([\w, ]*)/.exec(cut) ?? [];
  const properties = names.split(', ').filter((name) => name !== '');
  return { type: 'object', properties: Object.fromEntries(properties.map((name) => [name, {}])) };
}

/** A tool, also when only `type:name` or `<name>` is left of it; other texts are remarks. */
function toolsOf(tool: unknown): readonly unknown[] {
  if (typeof tool !== 'string') return [withoutMarks(tool)];
  const [cut, cutName, deferred] = /^<([A-Z]\w+)( defer_loading)?>$/.exec(tool) ?? [];
  if (cut !== undefined)
    return [
      {
        name: cutName,
        description: cutName,
        input_schema: { $schema: 'https://json-schema.org/draft/2020-12/schema', ...schemaOf('') },
        ...(deferred !== undefined && { defer_loading: true }),
      },
    ];
  const [, type = '', name = '', inner = ''] = /^(\w+):(\w+)(?: \{(\w+)\})?$/.exec(tool) ?? [];
  const rest = cutTools.get(type)?.(name, inner);
  return rest ? [{ type, name, description: name, ...rest }] : [];
}

type RestOfTool = (name: string, inner: string) => object;
const cutTools: ReadonlyMap<string, RestOfTool> = new Map<string, RestOfTool>([
  ['function', () => ({ strict: false, parameters: schemaOf('') })],
  ['custom', (name) => ({ format: { type: 'grammar', syntax: 'lark', definition: name } })],
  ['namespace', (_name, inner) => ({ tools: toolsOf(`function:${inner}`) })],
]);

/** A body whose tools have no type (there may be twenty): one for each set of members, and those that it speaks of. */
function withFewTools(body: unknown): unknown {
  if (!isRecord(body) || !Array.isArray(body['tools'])) return body;
  const { tools, ...rest } = body;
  const named = JSON.stringify(rest);
  const shapes = new Set<string>();
  const few = tools.filter((tool: unknown) => {
    if (!isRecord(tool) || 'type' in tool) return true;
    const shape = Object.keys(tool).join();
    const isNew = !shapes.has(shape);
    shapes.add(shape);
    return isNew || named.includes(`name":"${String(tool['name'])}"`);
  });
  return Object.fromEntries(
    Object.entries(body).map(([name, value]) => [name, name === 'tools' ? few : value]),
  );
}
