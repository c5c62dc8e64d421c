import { isRecord } from '../../src/record.ts';

/** Members whose values belong to the protocol: they stay, when they look like a word of it. */
const protocolMembers: ReadonlySet<string> = new Set([
  '$schema',
  'context',
  'detail',
  'display',
  'effort',
  'execution',
  'generate_summary',
  'include',
  'media_type',
  'mode',
  'model',
  'name',
  'namespace',
  'phase',
  'reasoning_effort',
  'request_kind',
  'required',
  'role',
  'search_content_types',
  'search_context_size',
  'service_tier',
  'status',
  'summary',
  'syntax',
  'tool_choice',
  'tool_name',
  'type',
  'verbosity',
]);
const protocolWord = /^[\w.:/#-]{1,64}$/;
const plainName = /^[\w$.-]{1,64}$/;
const idMember = /(^|_)(id|key)$/;
const prefixedId = /^([a-z]+)_/;
/** Beginnings by which a text is more than words. */
const knownHead = /^(x-anthropic-billing-header:|<system-reminder>)/;

/**
 * The shapes of recorded requests with words of our own: members, order, types, lengths of lists, numbers and protocol
 * words stay, every other text is replaced. Equal texts get equal ones, also in the next request, so what refers to
 * something still does; the same requests always give the same skeletons.
 */
export function createSkeletons(): (recorded: unknown) => unknown {
  const substitutes = new Map<string, string>();
  const substitute: Substitute = (text, make) => {
    const known = substitutes.get(text) ?? make(substitutes.size + 1);
    substitutes.set(text, known);
    return known;
  };
  return (recorded) => shapeOf(recorded, '', substitute);
}

type Substitute = (text: string, make: (count: number) => string) => string;

/** @param member the name that the value stands under, also through lists */
function shapeOf(value: unknown, member: string, substitute: Substitute): unknown {
  if (typeof value === 'string') return textOf(value, member, substitute);
  if (Array.isArray(value)) return value.map((each) => shapeOf(each, member, substitute));
  if (!isRecord(value)) return value;
  const entries = Object.entries(value).map(([name, each]) => [
    plainName.test(name) ? name : substitute(name, (count) => `name-${count}`),
    shapeOf(each, name, substitute),
  ]);
  return Object.fromEntries(entries);
}

function textOf(text: string, member: string, substitute: Substitute): string {
  if (protocolMembers.has(member) && protocolWord.test(text)) return text;
  const json = parsedObject(text);
  if (json !== null) return JSON.stringify(shapeOf(json, '', substitute));
  const [, mediaType] = /^data:([\w/+.-]+)/.exec(text) ?? [];
  if (mediaType !== undefined) return `data:${mediaType};base64,AAAA`;
  if (/^https?:/.test(text)) return substitute(text, (count) => `https://example.com/${count}`);
  if (member === 'data') return 'AAAA';
  return idMember.test(member) ? idOf(text, substitute) : wordsOf(text, substitute);
}

function idOf(text: string, substitute: Substitute): string {
  const [prefix = 'id_'] = prefixedId.exec(text) ?? [];
  return substitute(text, (count) => prefix + String(count));
}

function wordsOf(text: string, substitute: Substitute): string {
  const [head = ''] = knownHead.exec(text) ?? [];
  return substitute(text, (count) => `${head}Words ${count}.`);
}

function parsedObject(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return null;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' ? value : null;
  } catch {
    return null; // a text that only begins like JSON
  }
}
