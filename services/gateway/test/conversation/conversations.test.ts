import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FoldedItem } from '@codex-gateway/wire/codex/fold.ts';
import type { InputItem } from '@codex-gateway/wire/codex/items.ts';
import type { Memories, Recall } from '@codex-gateway/wire/dialects/dialect.ts';
import {
  StoreAway,
  type ConversationStore,
  type RecordName,
} from '../../src/conversation/conversation-store.ts';
import { createConversations, forgetful } from '../../src/conversation/conversations.ts';
import { createMemoryConversationStore } from '../../src/conversation/memory-store.ts';
import { captureLog } from '../log-capture.ts';
import { owners } from './conversation-store.contract.ts';

const stamp = { id: '1', createdAt: 0, requestId: 'req_1', account: 'account-1' };
const owner = owners()('team');
const output: readonly FoldedItem[] = [];

const said = (text: string): InputItem => ({
  type: 'message',
  role: 'user',
  content: [{ type: 'input_text', text }],
});
const called = (callId: string): InputItem => ({
  type: 'function_call',
  call_id: callId,
  name: 'f',
  arguments: '{}',
});
const thought = (seal: string): InputItem => ({ type: 'reasoning', summary: [], encrypted_content: seal });

interface Asking extends Partial<Recall> {
  readonly leaves?: Partial<Memories>;
  readonly lacksTools?: boolean;
  readonly model?: string;
}

function asking({ leaves = {}, lacksTools = false, model: slug = 'gpt-5.5', ...recall }: Asking) {
  const model = { requested: slug, slug, exists: true, efforts: null, effort: null };
  return {
    owner,
    exchange: {
      model,
      lacksTools,
      recall: { responseId: null, itemIds: [], callIds: [], ...recall },
      memories: (): Memories => ({
        response: null,
        itemsById: new Map(),
        reasoningByCallId: new Map(),
        tools: [],
        ...leaves,
      }),
    },
  };
}

function memoryStore(): ConversationStore {
  return createMemoryConversationStore({ now: () => 0, ttlMs: 1, capBytes: 1_000_000 });
}

/** One store, and a request and its answer at a time. */
function conversation(store = memoryStore()) {
  const log = captureLog();
  const counted: string[] = [];
  const count = (name: string, result: string): void => void counted.push(`${name} ${result}`);
  const conversations = createConversations({ store, logger: log.logger, count });
  const recall = async (wishes: Asking) => conversations.recall(asking(wishes));
  return {
    log,
    counted,
    recall,
    turn: async (wishes: Asking) => {
      const exchange = asking(wishes);
      const recalled = await conversations.recall(exchange);
      await conversations.memory(exchange, recalled, stamp)?.(output);
      return recalled;
    },
  };
}

test('a conversation is the sum of its turns, whatever turn it is gone on from', async () => {
  const { turn, recall } = conversation();
  await turn({ leaves: { response: { id: 'r1', items: [said('1')] } } });
  await turn({ responseId: 'r1', leaves: { response: { id: 'r2', items: [said('2')] } } });
  await turn({ responseId: 'r2', leaves: { response: { id: 'r3', items: [said('3')] } } });
  await turn({ responseId: 'r1', leaves: { response: { id: 'r4', items: [said('4')] } } });
  const histories = await Promise.all(
    ['r1', 'r2', 'r3', 'r4'].map(async (responseId) => (await recall({ responseId })).history),
  );
  assert.deepEqual(histories, [
    [said('1')],
    [said('1'), said('2')],
    [said('1'), said('2'), said('3')],
    [said('1'), said('4')],
  ]);
});

test('a conversation that has lost its beginning is not known', async () => {
  const gone = new Set<RecordName>();
  const store = memoryStore();
  const { turn, recall } = conversation({
    ...store,
    read: async (whose, names) =>
      store.read(
        whose,
        names.filter((name) => !gone.has(name)),
      ),
  });
  await turn({ leaves: { response: { id: 'r1', items: [said('1')] } } });
  await turn({ responseId: 'r1', leaves: { response: { id: 'r2', items: [said('2')] } } });
  gone.add('response:r1');
  assert.deepEqual((await recall({ responseId: 'r2' })).history, []);
});

test('items and reasoning come back by their ids', async () => {
  const { turn, recall } = conversation();
  await turn({
    leaves: {
      itemsById: new Map([['msg_1', said('1')]]),
      reasoningByCallId: new Map([['call_1', [thought('seal')]]]),
    },
  });
  const { itemsById, reasoningByCallId } = await recall({
    itemIds: ['msg_1', 'msg_2'],
    callIds: ['call_1', 'call_2'],
  });
  assert.deepEqual(itemsById, new Map([['msg_1', said('1')]]));
  assert.deepEqual(reasoningByCallId, new Map([['call_1', [thought('seal')]]]));
});

test('reasoning comes back for models that can read it', async () => {
  const { turn, recall } = conversation();
  const reasoningByCallId = new Map([['call_1', [thought('seal')]]]);
  await turn({ model: 'gpt-5.5-codex', leaves: { reasoningByCallId } });
  const found = await Promise.all(
    ['gpt-5.5', 'gpt-6'].map(
      async (model) => (await recall({ model, callIds: ['call_1'] })).reasoningByCallId.size,
    ),
  );
  assert.deepEqual(found, [1, 0]);
});

const tools = ['read', 'write'].map((name) => ({ type: 'function', name, strict: true }));
const calls = (...ids: readonly string[]) => new Map(ids.map((id): [string, InputItem[]] => [id, []]));

test('the tools of the latest call come back, when they are asked for', async () => {
  const { turn, recall } = conversation();
  await turn({ leaves: { reasoningByCallId: calls('call_1'), tools: tools.slice(0, 1) } });
  await turn({ leaves: { reasoningByCallId: calls('call_2'), tools } });
  await turn({ leaves: { reasoningByCallId: calls('call_3') } });
  const callIds = ['call_1', 'call_2', 'call_3', 'call_4'];
  assert.equal((await recall({ callIds })).tools, null);
  assert.deepEqual((await recall({ callIds, lacksTools: true })).tools, tools);
  assert.deepEqual(
    (await recall({ callIds: callIds.slice(0, 1), lacksTools: true })).tools,
    tools.slice(0, 1),
  );
  assert.equal((await recall({ callIds: ['call_3'], lacksTools: true })).tools, null);
});

test('the tools of calls in a conversation that was recalled come back too', async () => {
  const { turn, recall } = conversation();
  const leaves = {
    response: { id: 'r1', items: [said('1'), called('call_1')] },
    reasoningByCallId: calls('call_1'),
    tools,
  };
  await turn({ leaves });
  assert.deepEqual((await recall({ responseId: 'r1', lacksTools: true })).tools, tools);
});

test('a record in a form that is not known counts as gone', async () => {
  const store = memoryStore();
  const { recall } = conversation(store);
  const odd: readonly (readonly [RecordName, unknown])[] = [
    ['response:r1', [said('1')]],
    ['item:msg_1', { type: 'invented' }],
    ['call:call_1', { reasoning: [] }],
    ['call:call_2', { model: 'gpt-5.5', reasoning: [], tools: 'x' }],
    ['tools:x', { f: {} }],
  ];
  await store.write(owner, new Map(odd.map(([name, value]) => [name, JSON.stringify(value)])));
  const found = await recall({
    responseId: 'r1',
    itemIds: ['msg_1'],
    callIds: ['call_1', 'call_2'],
    lacksTools: true,
  });
  const nothing = { itemsById: new Map(), reasoningByCallId: new Map(), tools: null };
  assert.deepEqual(found, { ...nothing, history: [], responseIds: [], outOfReach: false });
});

test('a request that refers to nothing asks nobody', async () => {
  const silent = { read: async () => assert.fail('asked'), write: async () => assert.fail('written') };
  const { turn } = conversation(silent);
  assert.deepEqual((await turn({})).history, []);
});

test('an answer that cannot be kept is logged, and is an answer all the same', async () => {
  const broken = { ...memoryStore(), write: async () => Promise.reject(new Error('full')) };
  const { turn, log } = conversation(broken);
  await turn({ leaves: { response: { id: 'r1', items: [said('secret words')] } } });
  assert.deepEqual(log.said(), ['warn an answer could not be remembered']);
  assert.equal(log.text().includes('secret words'), false);
});

const away = async (): Promise<never> => Promise.reject(new StoreAway());

test('a store that is away finds nothing, says so, and keeps nothing without a word in the log', async () => {
  const { turn, log, counted } = conversation({ read: away, write: away });
  const leaves = { response: { id: 'r2', items: [said('2')] } };
  const recalled = await turn({ responseId: 'r1', callIds: ['call_1'], lacksTools: true, leaves });
  const nothing = { history: [], itemsById: new Map(), reasoningByCallId: new Map(), tools: null };
  assert.deepEqual(recalled, { ...nothing, responseIds: [], outOfReach: true });
  assert.deepEqual(log.said(), []);
  assert.deepEqual(counted, ['response:r1 unread', 'call:call_1 unread', 'response:r2 lost']);
});

test('a conversation of which a part is out of reach is out of reach', async () => {
  const store = memoryStore();
  let reads = 0;
  const { turn, recall } = conversation({
    ...store,
    read: async (whose, names) => {
      if ((reads += 1) === 3) throw new StoreAway();
      return store.read(whose, names);
    },
  });
  await turn({ leaves: { response: { id: 'r1', items: [said('1')] } } });
  await turn({ responseId: 'r1', leaves: { response: { id: 'r2', items: [said('2')] } } });
  const { history, outOfReach } = await recall({ responseId: 'r2' });
  assert.deepEqual([history, outOfReach], [[], true]);
  assert.equal((await recall({ responseId: 'r2' })).history.length, 2);
});

test('records are counted by what became of them, and none is looked up twice', async () => {
  const { turn, counted } = conversation();
  await turn({ leaves: { reasoningByCallId: calls('call_1'), tools } });
  counted.length = 0;
  await turn({ callIds: ['call_1', 'call_2', 'call_1'], lacksTools: true });
  const [first, second, last = '', ...more] = counted;
  assert.deepEqual([first, second, more], ['call:call_1 hit', 'call:call_2 miss', []]);
  assert.match(last, /^tools:[0-9a-f]{64} hit$/);
});

test('a client that wants nothing kept leaves nothing', () => {
  const { exchange } = asking({});
  const { logger } = captureLog();
  const recalled = { history: [], itemsById: new Map(), reasoningByCallId: new Map(), tools: null };
  const conversations = createConversations({ store: memoryStore(), logger, count: () => {} });
  const wishes = { owner, exchange: { ...exchange, memories: null } };
  assert.equal(conversations.memory(wishes, { ...recalled, responseIds: [] }, stamp), null);
});

test('a gateway that keeps nothing knows nothing', async () => {
  const wishes = asking({ responseId: 'r1', itemIds: ['msg_1'], callIds: ['call_1'], lacksTools: true });
  const recalled = await forgetful.recall(wishes);
  assert.deepEqual(recalled.history, []);
  assert.equal(forgetful.memory(wishes, recalled, stamp), null);
});
