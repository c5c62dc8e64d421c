/** Efforts from the weakest to the strongest, as the backend orders them. */
const scale = ['none', 'low', 'medium', 'high', 'xhigh', 'max'] as const;

/** Words of clients that the backend refuses for every model, and what they mean there. */
const words: Readonly<Record<string, string>> = { minimal: 'low', ultra: 'max' };

/**
 * The effort that is sent for the one that was asked for: the same when the model takes it, else the nearest it takes,
 * weaker first, but never `none`: the client asked for some reasoning. With no catalog the wish goes out as it is. A
 * word that nobody knows goes out too: the catalog is not the authority, the backend is.
 */
export function clampEffort(wish: string, supported: readonly string[] | null): string {
  if (supported?.includes(wish)) return wish;
  const known = Object.hasOwn(words, wish) ? (words[wish] ?? wish) : wish;
  if (supported === null || supported.length === 0 || supported.includes(known)) return known;
  const place = scale.findIndex((effort) => effort === known);
  if (place === -1) return known;
  const taken = scale.filter(
    (effort) => supported.includes(effort) && (effort !== 'none' || known === 'none'),
  );
  const weaker = taken.findLast((effort) => scale.indexOf(effort) < place);
  return weaker ?? taken[0] ?? known;
}
