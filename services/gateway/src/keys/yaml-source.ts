import { isMap, isNode, isScalar, isSeq, LineCounter, parseDocument, visit, type Document } from 'yaml';

/** A YAML text as a value, with the line of everything in it. */
export interface YamlSource {
  /** Undefined when there are problems, or nothing in the text. */
  readonly value: unknown;
  /** What is wrong with the text as YAML, each with its line. */
  readonly problems: readonly string[];
  /** The line of a place, or of the nearest thing around it that is there. */
  readonly lineOf: (path: readonly PropertyKey[]) => number;
}

export function readYaml(text: string): YamlSource {
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
