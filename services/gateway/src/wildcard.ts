/** Whether a pattern, in which `*` stands for any text, is this name. */
export function matchesWildcard(pattern: string, name: string): boolean {
  const [head = '', ...rest] = pattern.split('*');
  const tail = rest.pop();
  if (tail === undefined) return pattern === name;
  if (!name.startsWith(head) || !name.endsWith(tail) || name.length < head.length + tail.length) return false;
  let from = head.length;
  const until = name.length - tail.length;
  return rest.every((piece) => {
    const place = name.indexOf(piece, from);
    from = place + piece.length;
    return place !== -1 && from <= until;
  });
}
