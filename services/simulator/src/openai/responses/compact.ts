import { jsonReply } from '../../http/reply.ts';
import type { JsonObject } from '../../json.ts';
import { CALL_TOKENS } from '../../model/tokens.ts';
import type { World } from '../../world.ts';
import type { ApiHandler } from '../endpoint.ts';
import { ORGANIZATION } from '../organization.ts';
import { insteadOfAnswer } from '../statuses.ts';
import { COMPACT_PARAMETERS } from './parameters.ts';
import { inputTokensOf, judge, readAsked } from './asked.ts';
import { usage } from './response-form.ts';

/** `POST /responses/compact`: what people said stays, the rest becomes one sealed item. */
export const compactResponse: ApiHandler = async (request, call, world) => {
  const asked = readAsked(request.body, world);
  const instead = await insteadOfAnswer(asked.directives, call);
  if (instead !== undefined) return instead.reply;
  const judgement = judge(asked, COMPACT_PARAMETERS, world);
  if (judgement.kind === 'refused') return judgement.reply;
  const figures = { input: inputTokensOf(asked), cached: 0, output: CALL_TOKENS, reasoning: 0 };
  return jsonReply(200, {
    id: world.ids.next('resp_'),
    object: 'response.compaction',
    created_at: Math.floor(world.clock.now() / 1000),
    output: compacted([...asked.history, ...asked.input], world),
    usage: usage(figures),
  });
};

function compacted(items: readonly JsonObject[], { ids, seals }: World): readonly object[] {
  const said = items
    .filter(({ role }) => role === 'user')
    .map(({ content }) => ({
      id: ids.next('msg_'),
      type: 'message',
      status: 'completed',
      role: 'user',
      content: typeof content === 'string' ? [{ type: 'input_text', text: content }] : content,
    }));
  const id = ids.next('cmp_');
  return [...said, { id, type: 'compaction', encrypted_content: seals.seal(ORGANIZATION, id) }];
}
