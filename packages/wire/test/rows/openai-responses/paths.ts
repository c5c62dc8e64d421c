import type { Section } from '../row.ts';

const counts = 'services/gateway/test/component/compact-and-count.component.test.ts';
const raw = 'services/gateway/test/component/raw.component.test.ts';

export const paths: Section = {
  title: 'Other paths and raw mode',
  rows: [
    {
      event: '`POST /v1/responses/compact`',
      says: 'An ordinary request that ends with a `compaction_trigger`, answered in one piece: what the user has said, then the rest in one sealed item.',
      cases: [
        { file: counts, test: 'the upstream gets an ordinary request that ends with a trigger' },
        { file: counts, test: 'a conversation is compacted, and goes on from what came of it' },
        { file: counts, test: 'an upstream that does not compact gives no compaction' },
        {
          file: 'packages/wire/test/openai-responses/compact.test.ts',
          test: 'what was said before and now is repeated, before the sealed rest',
        },
      ],
    },
    {
      event: '`POST /v1/responses/input_tokens`',
      says: 'Counted here as the models count, without asking anybody; charged nothing.',
      cases: [
        { file: counts, test: 'tokens are counted as the models count them, without asking the upstream' },
        { file: counts, test: 'a conversation that is remembered is compacted and counted by its id' },
      ],
    },
    {
      event: '`GET`, `DELETE /v1/responses/{id}`, `/cancel`, `/input_items`',
      says: '404 `response_not_found`: answers are not stored.',
      cases: [
        {
          file: 'services/gateway/test/component/paths.component.test.ts',
          test: 'an answer that a client wants to fetch, delete or cancel is not stored, and that is said',
        },
      ],
    },
    {
      event: '`X-Codex-Mode: raw`, `X-Codex-Raw-Passthrough: true`',
      says: 'Bytes in, bytes out; only the model’s name is read. Key, model policy, limits and size hold; what is wrong with the account stays the gateway’s affair.',
      cases: [
        { file: raw, test: 'request and answer are the same bytes on both sides' },
        { file: raw, test: 'the other header asks for the same, in any case of letters' },
        { file: raw, test: 'key, model and size are judged as for every other request' },
        {
          file: raw,
          test: 'the upstream learns what the bytes are and who the gateway is, and nothing else of the client',
        },
        { file: raw, test: 'what breaks off upstream breaks off here, without an ending of ours' },
      ],
    },
  ],
};
