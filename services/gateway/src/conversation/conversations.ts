import { createHash } from 'node:crypto';
import type { Logger } from '@codex-gateway/service-kit/logger.ts';
import { callIdsOf } from '@codex-gateway/wire/codex/history.ts';
import type { FoldedItem } from '@codex-gateway/wire/codex/fold.ts';
import type { InputItem } from '@codex-gateway/wire/codex/items.ts';
import { modelFamily } from '@codex-gateway/wire/codex/model-family.ts';
import type { CodexTool } from '@codex-gateway/wire/codex/request.ts';
import {
  nothingRecalled,
  type Exchange,
  type Memories,
  type Recalled,
  type Stamp,
} from '@codex-gateway/wire/dialects/dialect.ts';
import { StoreAway, type ConversationStore, type Owner, type RecordName } from './conversation-store.ts';
import { createReading, type CountRecord, type Reading } from './reading.ts';
import { readRecord, type CallRecord, type ResponseRecord } from './records.ts';

/** What was found for a request, and the responses that its history is made of. */
export interface Recollection extends Recalled {
  /** The first one first. */
  readonly responseIds: readonly string[];
}

export interface OwnedExchange {
  readonly owner: Owner;
  readonly exchange: Pick<Exchange, 'recall' | 'lacksTools' | 'model' | 'memories'>;
}

/** Keeps the finished items of a whole answer. Never fails: an answer that cannot be kept is an answer all the same. */
export type Remember = (output: readonly FoldedItem[]) => Promise<void>;

/** What clients refer to without sending it: earlier responses, items, and what came with their calls. */
export interface Conversations {
  readonly recall: (asking: OwnedExchange) => Promise<Recollection>;
  /** How the answer is remembered; null when nothing is to be kept of it. */
  readonly memory: (asking: OwnedExchange, recalled: Recollection, stamp: Stamp) => Remember | null;
}

const nothing: Recollection = { ...nothingRecalled, responseIds: [] };

/** For gateways that are told to keep nothing. */
export const forgetful: Conversations = { recall: async () => nothing, memory: () => null };

export interface ConversationDeps {
  readonly store: ConversationStore;
  readonly logger: Logger;
  readonly count: CountRecord;
}

export function createConversations({ store, logger, count }: ConversationDeps): Conversations {
  return {
    recall: async ({ owner, exchange: { recall, lacksTools, model } }) => {
      const { responseId, itemIds, callIds } = recall;
      const reading = createReading(store, owner, count);
      await reading.load([
        ...(responseId === null ? [] : [responseName(responseId)]),
        ...itemIds.map(itemName),
        ...callIds.map(callName),
      ]);
      const { history, responseIds } = await historyOf(reading, responseId);
      const itemsById = new Map(
        itemIds.flatMap((id) => present(id, readRecord.item(reading.textOf(itemName(id))))),
      );
      const earlier = callIdsOf([...history, ...itemsById.values()]);
      return {
        history,
        responseIds,
        itemsById,
        reasoningByCallId: reasoningOf(callIds, reading, model.slug),
        tools: lacksTools ? await toolsOf(reading, [...earlier, ...callIds]) : null,
        outOfReach: reading.missesStore(),
      };
    },
    memory: ({ owner, exchange: { memories, model } }, recalled, stamp) =>
      memories &&
      (async (output) => {
        const records = recordsOf(memories({ recalled, output, stamp }), model.slug, recalled);
        if (records.size === 0) return;
        const isKept = await store.write(owner, records).then(
          () => true,
          (error: unknown) => {
            if (!(error instanceof StoreAway))
              logger.warn({ err: error }, 'an answer could not be remembered');
            return false;
          },
        );
        for (const name of records.keys()) count(name, isKept ? 'kept' : 'lost');
      }),
  };
}

const responseName = (id: string): RecordName => `response:${id}`;
const itemName = (id: string): RecordName => `item:${id}`;
const callName = (id: string): RecordName => `call:${id}`;
const toolsName = (digest: string): RecordName => `tools:${digest}`;

/** A conversation of which any part is gone is not known: what is left of it would make no sense. */
async function historyOf(
  reading: Reading,
  responseId: string | null,
): Promise<Pick<Recollection, 'history' | 'responseIds'>> {
  if (responseId === null) return nothing;
  const responseOf = (id: string): ResponseRecord | null =>
    readRecord.response(reading.textOf(responseName(id)));
  const { ancestors } = responseOf(responseId) ?? { ancestors: [] };
  await reading.load(ancestors.map(responseName));
  const responseIds = [...ancestors, responseId];
  const parts = responseIds.flatMap((id) => responseOf(id) ?? []);
  if (parts.length < responseIds.length) return nothing;
  return { history: parts.flatMap(({ items }) => items), responseIds };
}

/** Sealed reasoning means nothing to models of another family: the upstream would refuse it. */
function reasoningOf(
  callIds: readonly string[],
  reading: Reading,
  model: string,
): ReadonlyMap<string, readonly InputItem[]> {
  return new Map(
    callIds.flatMap((id) => {
      const record = readRecord.call(reading.textOf(callName(id)));
      if (!record || record.reasoning.length === 0) return [];
      return modelFamily(record.model) === modelFamily(model) ? [[id, record.reasoning] as const] : [];
    }),
  );
}

/** The tools of the latest call of which they are known. */
async function toolsOf(reading: Reading, callIds: readonly string[]): Promise<readonly CodexTool[] | null> {
  const names = callIds.map(callName);
  await reading.load(names);
  const latest = names
    .map((name) => readRecord.call(reading.textOf(name))?.tools ?? null)
    .findLast((digest) => digest !== null);
  if (latest === undefined || latest === null) return null;
  const name = toolsName(latest);
  await reading.load([name]);
  return readRecord.tools(reading.textOf(name));
}

function present<Value>(id: string, value: Value | null): readonly (readonly [string, Value])[] {
  return value === null ? [] : [[id, value]];
}

/** Tools are stored once for all the calls that were made with them. */
function recordsOf(
  { response, itemsById, reasoningByCallId, tools }: Memories,
  model: string,
  recalled: Recollection,
): ReadonlyMap<RecordName, string> {
  const records = new Map<RecordName, string>();
  for (const [id, item] of itemsById) records.set(itemName(id), JSON.stringify(item));
  if (response) {
    const record: ResponseRecord = { ancestors: recalled.responseIds, items: response.items };
    records.set(responseName(response.id), JSON.stringify(record));
  }
  const list = reasoningByCallId.size > 0 && tools.length > 0 ? JSON.stringify(tools) : null;
  const digest = list === null ? null : createHash('sha256').update(list).digest('hex');
  if (list !== null && digest !== null) records.set(toolsName(digest), list);
  for (const [id, reasoning] of reasoningByCallId) {
    const record: CallRecord = { model, reasoning, tools: digest };
    if (reasoning.length > 0 || digest !== null) records.set(callName(id), JSON.stringify(record));
  }
  return records;
}
