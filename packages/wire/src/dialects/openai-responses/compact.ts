import type { Folded } from '../../codex/fold.ts';
import type { CodexRequest } from '../../codex/request.ts';
import { FaultError } from '../../fault.ts';
import { isRecord } from '../../record.ts';
import { noUsage } from '../../usage.ts';
import type { Exchange, OpenContext, Stamp } from '../dialect.ts';
import { openResponses } from './open.ts';
import { responseId, usageObject } from './response-object.ts';

type Item = Readonly<Record<string, unknown>>;

/** The backend compacts what stands before it. */
const trigger = { type: 'compaction_trigger' } as const;

/**
 * Reads a body of `POST /responses/compact`: an ordinary request that ends with a trigger, answered in one piece
 * (openai-node resources/responses, `CompactedResponse`).
 *
 * @throws FaultError naming the field
 */
export function openCompact(body: unknown, context: OpenContext): Exchange {
  const exchange = openResponses(isRecord(body) ? withTrigger(body) : body, context);
  let sent: readonly unknown[] = [];
  return {
    ...exchange,
    wantsStream: false,
    memories: null, // the answer takes the conversation's place, it is no turn of it
    codexRequest: (recalled) => {
      const request: CodexRequest = exchange.codexRequest(recalled);
      sent = request.input; // with what was recalled: the answer repeats what the user has said
      return request;
    },
    reply: (answer, stamp) => compactedResponse(answer, sent, stamp),
  };
}

/** An input that is missing or empty stays so: there is nothing to compact, and that is said as for every request. */
function withTrigger(body: Item): Item {
  const { input, previous_response_id: earlier } = body;
  const request = { ...body, stream: false };
  if (typeof input === 'string' && input !== '')
    return { ...request, input: [{ role: 'user', content: input }, trigger] };
  if (Array.isArray(input) && input.length > 0) return { ...request, input: [...input, trigger] };
  const isOpen = input === undefined || input === null || Array.isArray(input);
  return isOpen && typeof earlier === 'string' ? { ...request, input: [trigger] } : request;
}

/** What to send instead of the conversation: all that the user has said, then the rest in one sealed item. */
function compactedResponse(answer: Folded, sent: readonly unknown[], stamp: Stamp): unknown {
  const compaction = answer.items.find(({ item, done }) => done && item.type === 'compaction')?.item;
  if (!compaction)
    throw new FaultError({
      kind: 'upstream_error',
      message: 'The upstream did not compact the conversation.',
    });
  const said = sent.filter(isUserMessage).map((item, index) => ({
    id: `msg_${stamp.id}_${index}`,
    ...item,
    status: 'completed',
  }));
  return {
    id: responseId(stamp),
    object: 'response.compaction',
    created_at: stamp.createdAt,
    output: [...said, { ...compaction, id: compaction.id ?? `cmp_${stamp.id}` }],
    usage: usageObject(answer.usage ?? noUsage),
  };
}

function isUserMessage(item: unknown): item is Item {
  return isRecord(item) && item['type'] === 'message' && item['role'] === 'user';
}
