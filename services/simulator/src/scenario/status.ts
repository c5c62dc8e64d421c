import { type Directive, DirectiveError } from '../model/directives.ts';

export type StatusDirective = Extract<Directive, { verb: 'status' }>;

/**
 * What a table by `status kind` has for a `status` directive: the named kind, else the first of its status; undefined
 * for a status that it does not know.
 *
 * @throws DirectiveError when the status has no such kind
 */
export function statusReplyFrom<Make>(
  table: Readonly<Record<string, Make>>,
  { status, kind }: StatusDirective,
): Make | undefined {
  const names = Object.keys(table).filter((name) => name.startsWith(`${status} `));
  const name = kind === undefined ? names[0] : names.find((candidate) => candidate === `${status} ${kind}`);
  if (name === undefined && names.length > 0) {
    throw new DirectiveError(`status ${status} has no kind ${kind}; it has ${names.join(', ')}`);
  }
  return name === undefined ? undefined : table[name];
}
