import { isRecord } from '@codex-gateway/wire/record.ts';

type Place = readonly PropertyKey[];

/** The members of a request that hold what is said. */
const conversations = ['messages', 'input'];
/** The members that name a URL, in all dialects. */
const urlMembers: ReadonlySet<PropertyKey> = new Set(['url', 'image_url', 'file_url']);

/**
 * Where a client's body names this URL. Searched for only when it is at fault; one that is not in the body stands in
 * the conversation that the request goes on from.
 */
export function placeOfUrl(body: unknown, url: string): Place {
  const said = isRecord(body) ? conversations.map((name) => find(body[name], url, [name])) : [];
  return said.find((place) => place !== null) ?? ['previous_response_id'];
}

function find(value: unknown, url: string, at: Place): Place | null {
  if (value === url) return urlMembers.has(at.at(-1) ?? '') ? at : null;
  if (typeof value !== 'object' || value === null) return null;
  const members: Iterable<[PropertyKey, unknown]> = Array.isArray(value)
    ? value.entries()
    : Object.entries(value);
  for (const [name, member] of members) {
    const found = find(member, url, [...at, name]);
    if (found) return found;
  }
  return null;
}
