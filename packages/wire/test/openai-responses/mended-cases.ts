import { begin, completed, functionCall, message, refusalMessage, upstream } from '../upstream-events.ts';
import { hello, only, oslo, thinking, withItem, without, type WholeAnswer } from './pieces.ts';

/** What the upstream should not send, and what becomes of it. */
export const mendedAnswers: readonly WholeAnswer[] = [
  { name: 'mended-without-created', events: upstream(hello, completed()) },
  {
    name: 'mended-item-only-at-its-end',
    events: upstream(begin(), only(hello, 'response.output_item.done'), completed()),
  },
  {
    name: 'mended-text-without-its-item',
    events: upstream(begin(), only(hello, 'response.output_text.delta'), completed()),
  },
  {
    name: 'mended-text-without-its-part',
    events: upstream(
      begin(),
      without(hello, 'response.content_part.added', 'response.content_part.done'),
      completed(),
    ),
  },
  {
    name: 'mended-missing-delta',
    events: upstream(
      begin(),
      hello.filter((_event, index) => index !== 4),
      completed(),
    ),
  },
  { name: 'mended-item-without-its-end', events: upstream(begin(), hello.slice(0, 4), oslo, completed()) },
  {
    name: 'mended-arguments-without-deltas',
    events: upstream(begin(), without(oslo, 'response.function_call_arguments.delta'), completed()),
  },
  {
    name: 'mended-call-that-was-never-announced',
    events: upstream(begin(), without(oslo, 'response.output_item.added'), completed()),
  },
  {
    name: 'mended-ids-that-change',
    events: upstream(
      begin(),
      withItem(hello, 'response.output_item.done', { id: 'msg_other' }),
      withItem(oslo, 'response.output_item.done', { call_id: 'call_other' }),
      completed(),
    ),
  },
  {
    name: 'mended-ids-that-are-missing',
    events: upstream(
      begin(),
      withItem(withItem(hello, 'response.output_item.added', { id: null }), 'response.output_item.done', {
        id: '',
      }),
      withItem(oslo, 'response.output_item.added', { id: undefined, call_id: undefined }),
      completed(),
    ),
  },
  {
    name: 'mended-ids-used-twice',
    events: upstream(
      begin(),
      message({ at: 0, deltas: ['One.'] }),
      withItem(
        withItem(message({ at: 1, deltas: ['Two.'] }), 'response.output_item.added', { id: 'msg_0' }),
        'response.output_item.done',
        { id: 'msg_0' },
      ),
      completed(),
    ),
  },
  {
    name: 'mended-begun-with-text',
    events: upstream(
      begin(),
      withItem(oslo, 'response.output_item.added', { arguments: '{"city":"Oslo"}' }),
      completed(),
    ),
  },
  {
    name: 'mended-reasoning-text-without-its-part',
    events: upstream(
      begin(),
      [
        {
          type: 'response.output_item.added',
          output_index: 0,
          item: { type: 'reasoning', id: 'rs_0', summary: [], content: null },
        },
        {
          type: 'response.reasoning_text.delta',
          output_index: 0,
          item_id: 'rs_0',
          content_index: 0,
          delta: 'Hm',
        },
        {
          type: 'response.reasoning_text.delta',
          output_index: 0,
          item_id: 'rs_0',
          content_index: 0,
          delta: 'm.',
        },
        {
          type: 'response.reasoning_text.done',
          output_index: 0,
          item_id: 'rs_0',
          content_index: 0,
          text: 'Hmm.',
        },
        {
          type: 'response.output_item.done',
          output_index: 0,
          item: {
            type: 'reasoning',
            id: 'rs_0',
            summary: [],
            content: [{ type: 'reasoning_text', text: 'Hmm.' }],
          },
        },
      ],
      completed(),
    ),
  },
  {
    name: 'mended-output-only-at-the-end',
    events: upstream(begin(), [
      {
        type: 'response.completed',
        response: {
          id: 'resp_up',
          status: 'completed',
          completed_at: 1_800_000_009,
          end_turn: true,
          client_metadata: { secret: 'of the upstream' },
          output: [
            {
              type: 'message',
              id: 'msg_0',
              role: 'assistant',
              status: 'completed',
              content: [{ type: 'output_text', text: 'Late.' }],
            },
          ],
        },
      },
    ]),
  },
  { name: 'mended-events-after-the-end', events: upstream(begin(), hello, completed(), oslo, completed()) },
  {
    name: 'mended-response-id-that-changes',
    events: upstream(
      begin().map((event, index) => ({ ...event, response: { id: `resp_${index}` } })),
      hello,
      [{ type: 'response.completed', response: { id: 'resp_other', output: [] } }],
    ),
  },
  {
    name: 'mended-summary-without-its-part',
    events: upstream(
      begin(),
      without(thinking, 'response.reasoning_summary_part.added', 'response.reasoning_summary_part.done'),
      completed(),
    ),
  },
  {
    name: 'mended-refusal-without-its-part',
    events: upstream(
      begin(),
      without(
        refusalMessage({ at: 0, deltas: ['I cannot ', 'do that.'] }),
        'response.content_part.added',
        'response.content_part.done',
      ),
      completed(),
    ),
  },
  {
    name: 'mended-indexes-with-gaps',
    events: upstream(
      begin(),
      message({ at: 2, deltas: ['One.'] }),
      functionCall({ at: 5, callId: 'call_5', name: 'f', deltas: ['{}'] }),
      completed(),
    ),
  },
  {
    name: 'mended-item-announced-twice',
    events: upstream(begin(), hello.slice(0, 1), hello, completed()),
  },
];
