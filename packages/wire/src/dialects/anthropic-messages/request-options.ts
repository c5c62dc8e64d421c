import type { RequestOptions } from '../../codex/upstream.ts';
import type { OpenContext } from '../dialect.ts';
import { limitToTell, type Wishes } from '../emulated.ts';
import { NEUTRAL } from './fields.ts';
import type { MessagesBody } from './schema.ts';

/**
 * What an upstream may be told that takes such options. The limit is one of all tokens there, of reasoning too. A user's
 * id only serves to find abuse, so nobody need read it.
 */
export function requestOptions(
  { temperature, top_p, metadata }: MessagesBody,
  wishes: Wishes,
  context: OpenContext,
): RequestOptions {
  const userId = metadata?.user_id ?? '';
  return {
    temperature: unlessNeutral(temperature),
    top_p: unlessNeutral(top_p),
    max_output_tokens: limitToTell(wishes, context),
    safety_identifier: userId === '' ? undefined : context.digest(userId),
  };
}

function unlessNeutral(value: number | null | undefined): number | undefined {
  return value === null || value === NEUTRAL ? undefined : value;
}
