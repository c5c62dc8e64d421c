import { readFileSync } from 'node:fs';
import { errorCode } from '@codex-gateway/service-kit/config.ts';
import { isMap, isNode, isScalar, isSeq, LineCounter, parseDocument, visit, type Document } from 'yaml';
import type { z } from 'zod';

/** A file's text as a schema understands it, or every problem of it, each with its line. */
export type YamlReading<Value> =
  | {
      readonly ok: true;
      readonly value: Value;
      /** The line of a place, or of the nearest thing around it that is there. */
      readonly lineOf: LineOf;
    }
  | Unreadable;

export interface Unreadable {
  readonly ok: false;
  readonly problems: readonly string[];
}

type LineOf = (path: readonly PropertyKey[]) => number;

/** Reads a file and has its text parsed; a file that cannot be read is one problem. */
export function readTextFile<Parsed>(path: string, parse: (text: string) => Parsed): Parsed | Unreadable {
  try {
    return parse(readFileSync(path, 'utf8'));
  } catch (error) {
    return { ok: false, problems: [`cannot read ${path} (${errorCode(error)})`] };
  }
}

/** Parses a YAML text by schema; an empty one is an empty object. */
export function parseYaml<Schema extends z.ZodType>(
  schema: Schema,
  text: string,
): YamlReading<z.infer<Schema>> {
  const { value, problems, lineOf } = readYaml(text);
  if (problems.length > 0) return { ok: false, problems };
  const result = schema.safeParse(value ?? {});
  if (result.success) return { ok: true, value: result.data, lineOf };
  return {
    ok: false,
    problems: result.error.issues
      .flatMap(toProblems)
      .map(({ path, problem }) => `line ${lineOf(path)}: ${path.join('.') || 'file'}: ${problem}`),
  };
}

/** One problem a place: zod tells all unknown members of an object in one issue of the object, a bad name inside one. */
function toProblems(issue: z.core.$ZodIssue): readonly { path: readonly PropertyKey[]; problem: string }[] {
  if (issue.code === 'invalid_key')
    return issue.issues.map(({ message }) => ({ path: issue.path, problem: `the name ${message}` }));
  if (issue.code !== 'unrecognized_keys') return [{ path: issue.path, problem: issue.message }];
  return issue.keys.map((name) => ({ path: [...issue.path, name], problem: 'is not a known member' }));
}

interface YamlSource {
  /** Undefined when there are problems, or nothing in the text. */
  readonly value: unknown;
  /** What is wrong with the text as YAML, each with its line. */
  readonly problems: readonly string[];
  readonly lineOf: LineOf;
}

function readYaml(text: string): YamlSource {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const lineAt = (offset: number): number => Math.max(1, lines.linePos(offset).line);
  const problems = document.errors.map(({ pos, message }) => `line ${lineAt(pos[0])}: ${message}`);
  if (problems.length === 0) problems.push(...deadAliases(document, lineAt));
  return {
    value: problems.length === 0 ? document.toJS() : undefined,
    problems,
    lineOf: (path) => lineAt(offsetOf(document, path)),
  };
}

/** `*-mini` without quotes is a YAML alias, which is easily meant as a wildcard. */
function deadAliases(document: Document, lineAt: (offset: number) => number): readonly string[] {
  const problems: string[] = [];
  visit(document, {
    Alias: (_key, alias) => {
      if (alias.resolve(document)) return;
      const line = lineAt(alias.range?.[0] ?? 0);
      problems.push(`line ${line}: a name that begins with * must be quoted: "*${alias.source}"`);
    },
  });
  return problems;
}

function offsetOf(document: Document, path: readonly PropertyKey[]): number {
  let node: unknown = document.contents;
  let offset = 0;
  for (const step of path) {
    const place = placeIn(node, step);
    if (!isNode(place?.at) || !place.at.range) break;
    offset = place.at.range[0];
    node = place.value;
  }
  return offset;
}

function placeIn(node: unknown, step: PropertyKey): { at: unknown; value: unknown } | undefined {
  if (isSeq(node)) return { at: node.items[Number(step)], value: node.items[Number(step)] };
  if (!isMap(node)) return undefined;
  const pair = node.items.find(({ key }) => isScalar(key) && key.value === step);
  return pair && { at: pair.key, value: pair.value };
}
