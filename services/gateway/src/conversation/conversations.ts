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
import type { ConversationStore, Owner, RecordName } from './conversation-store.ts';
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

export function createConversations(store: ConversationStore, logger: Logger): Conversations {
  return {
    recall: async ({ owner, exchange: { recall, lacksTools, model } }) => {
      const { responseId, itemIds, callIds } = recall;
      const asked: readonly RecordName[] = [
        ...(responseId === null ? [] : [responseName(responseId)]),
        ...itemIds.map(itemName),
        ...callIds.map(callName),
      ];
      if (asked.length === 0) return nothing;
      const found = await store.read(owner, asked);
      const known = { store, owner, found };
      const { history, responseIds } = await historyOf(known, responseId);
      const itemsById = new Map(
        itemIds.flatMap((id) => present(id, readRecord.item(found.get(itemName(id))))),
      );
      const earlier = callIdsOf([...history, ...itemsById.values()]);
      return {
        history,
        responseIds,
        itemsById,
        reasoningByCallId: reasoningOf(callIds, found, model.slug),
        tools: lacksTools ? await toolsOf(known, [...earlier, ...callIds]) : null,
      };
    },
    memory: ({ owner, exchange: { memories, model } }, recalled, stamp) =>
      memories &&
      (async (output) => {
        const records = recordsOf(memories({ recalled, output, stamp }), model.slug, recalled);
        if (records.size === 0) return;
        try {
          await store.write(owner, records);
        } catch (error) {
          logger.warn({ err: error }, 'an answer could not be remembered');
        }
      }),
  };
}

const responseName = (id: string): RecordName => `response:${id}`;
const itemName = (id: string): RecordName => `item:${id}`;
const callName = (id: string): RecordName => `call:${id}`;
const toolsName = (digest: string): RecordName => `tools:${digest}`;

interface Known {
  readonly store: ConversationStore;
  readonly owner: Owner;
  readonly found: ReadonlyMap<RecordName, string>;
}

/** A conversation of which any part is gone is not known: what is left of it would make no sense. */
async function historyOf(
  { store, owner, found }: Known,
  responseId: string | null,
): Promise<Pick<Recollection, 'history' | 'responseIds'>> {
  const last = responseId === null ? null : readRecord.response(found.get(responseName(responseId)));
  if (responseId === null || last === null) return nothing;
  const names = last.ancestors.map(responseName);
  const texts = names.length === 0 ? new Map<RecordName, string>() : await store.read(owner, names);
  const parts = [...names.map((name) => readRecord.response(texts.get(name))), last];
  if (parts.some((part) => part === null)) return nothing;
  return {
    history: parts.flatMap((part) => part?.items ?? []),
    responseIds: [...last.ancestors, responseId],
  };
}

/** Sealed reasoning means nothing to models of another family: the upstream would refuse it. */
function reasoningOf(
  callIds: readonly string[],
  found: ReadonlyMap<RecordName, string>,
  model: string,
): ReadonlyMap<string, readonly InputItem[]> {
  return new Map(
    callIds.flatMap((id) => {
      const record = readRecord.call(found.get(callName(id)));
      if (!record || record.reasoning.length === 0) return [];
      return modelFamily(record.model) === modelFamily(model) ? [[id, record.reasoning] as const] : [];
    }),
  );
}

/** The tools of the latest call of which they are known. */
async function toolsOf(
  { store, owner, found }: Known,
  callIds: readonly string[],
): Promise<readonly CodexTool[] | null> {
  const names = callIds.map(callName);
  const missing = names.filter((name) => !found.has(name));
  const more = missing.length === 0 ? new Map<RecordName, string>() : await store.read(owner, missing);
  const tools = names
    .map((name) => readRecord.call(found.get(name) ?? more.get(name))?.tools ?? null)
    .findLast((digest) => digest !== null);
  if (tools === undefined || tools === null) return null;
  const name = toolsName(tools);
  return readRecord.tools((await store.read(owner, [name])).get(name));
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
