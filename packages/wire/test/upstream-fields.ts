/** What the backend takes at the top of a body; anything else is a 400 there. */
const upstreamFields: ReadonlySet<string> = new Set([
  'model',
  'instructions',
  'input',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'reasoning',
  'text',
  'include',
  'prompt_cache_key',
  'service_tier',
  'store',
  'stream',
]);

/** The top-level fields of an upstream body that the backend would refuse. */
export function fieldsToRefuse(request: object): readonly string[] {
  return Object.keys(request).filter((field) => !upstreamFields.has(field));
}
