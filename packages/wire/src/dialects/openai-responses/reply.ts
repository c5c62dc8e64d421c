import type { Folded, FoldedItem } from '../../codex/fold.ts';
import type { ToolNames } from '../../codex/tool-names.ts';
import type { Stamp } from '../dialect.ts';
import {
  clientItem,
  createIdentities,
  unfinishedItem,
  type ClientItem,
  type Identities,
} from './client-items.ts';
import { responseObject, type Echo } from './response-object.ts';

export interface ReplyParts {
  readonly echo: Echo;
  readonly names: ToolNames;
  readonly stamp: Stamp;
}

/** The JSON answer: the same object that the last event of a stream carries. */
export function responsesReply(answer: Folded, { echo, names, stamp }: ReplyParts): unknown {
  const identities = createIdentities(stamp.id);
  const { status, incompleteReason, items, usage, response } = answer;
  return responseObject(echo, stamp, {
    status,
    output: items.flatMap((folded) => replyItem(folded, identities, names)),
    incompleteReason,
    usage,
    upstream: response,
  });
}

/** A call that was never announced has no name, so nobody can answer it: it is left out. */
function replyItem(
  { item, outputIndex, done }: FoldedItem,
  identities: Identities,
  names: ToolNames,
): readonly ClientItem[] {
  const nameless = (item.type === 'function_call' || item.type === 'custom_tool_call') && !item.name;
  if (nameless && !done) return [];
  const whole = clientItem(item, identities.of(item, outputIndex), names);
  return [done ? whole : unfinishedItem(whole)];
}
