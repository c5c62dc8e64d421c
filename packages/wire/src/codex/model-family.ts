/**
 * The models that read each other's sealed reasoning, by the head of their names: `gpt-5.5` of `gpt-5.5-codex`, letters
 * up to and including the version number.
 */
export function modelFamily(slug: string): string {
  return /^\D*\d+(\.\d+)*/.exec(slug)?.[0] ?? slug;
}
