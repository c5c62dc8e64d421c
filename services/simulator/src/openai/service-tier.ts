import type { JsonObject } from '../json.ts';

/** The tier that served a request: the one it named; `auto` and none are the default one. */
export function serviceTierOf({ service_tier: asked }: JsonObject): string {
  return typeof asked === 'string' && asked !== 'auto' ? asked : 'default';
}
