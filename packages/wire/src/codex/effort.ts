/** Efforts from the weakest to the strongest, as the backend orders them. */
const scale = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'] as const;

/**
 * The effort that is sent for the one that was asked for: the same when the model takes it, else the nearest it takes,
 * weaker first (`minimal` becomes `low` though, never `none`: the client asked for some reasoning). With no catalog the
 * wish goes out as it is. A word that nobody knows goes out too: the catalog is not the authority, the backend is.
 */
export function clampEffort(wish: string, supported: readonly string[] | null): string {
  if (supported === null || supported.length === 0 || supported.includes(wish)) return wish;
  const place = scale.findIndex((effort) => effort === wish);
  if (place === -1) return wish;
  const taken = scale.filter(
    (effort) => supported.includes(effort) && (effort !== 'none' || wish === 'none'),
  );
  const weaker = taken.findLast((effort) => scale.indexOf(effort) < place);
  return weaker ?? taken[0] ?? wish;
}
