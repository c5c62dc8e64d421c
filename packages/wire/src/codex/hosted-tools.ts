import type { CodexTool } from './request.ts';

/** The tools that the backend knows itself, and the members that it takes of each: any other is refused there. */
const membersOf: ReadonlyMap<string, readonly string[]> = new Map([
  [
    'web_search',
    [
      'external_web_access',
      'indexed_web_access',
      'filters',
      'user_location',
      'search_context_size',
      'search_content_types',
    ],
  ],
  ['namespace', ['name', 'description', 'tools']],
  ['tool_search', ['execution', 'description', 'parameters']],
  ['shell', ['environment']],
  ['local_shell', []],
  ['apply_patch', []],
]);

/** A tool of the backend's own as it takes it. One that came after this version goes as the client wrote it. */
export function hostedTool(tool: CodexTool): CodexTool {
  const { type } = tool;
  const members = membersOf.get(type);
  if (!members) return tool;
  const given = members.flatMap((name) => {
    const value = tool[name] ?? null;
    return value === null ? [] : [[name, value] as const];
  });
  return { type, ...Object.fromEntries(given) };
}
