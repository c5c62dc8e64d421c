import { sealSignature } from '../../../src/dialects/anthropic-messages/signature.ts';
import type { Section, Setting } from '../row.ts';
import { answered, assistant, said, wrong } from './pieces.ts';

const budget = (tokens: number) => ({ thinking: { type: 'enabled', budget_tokens: tokens } });
const adaptive = (more: object = {}) => ({ thinking: { type: 'adaptive', ...more } });
const named: Setting = {
  words: 'the model’s name ends with `-xhigh`',
  context: { model: { effort: 'xhigh' } },
};
const upToHigh: Setting = {
  words: 'the model takes efforts from low to high',
  context: { model: { efforts: ['low', 'medium', 'high'] } },
};
const unlisted: Setting = { words: 'no catalog lists the model', context: { model: { efforts: null } } };
const pinned: Setting = {
  words: 'the operator has pinned the effort high',
  context: { model: { pinnedEffort: 'high' } },
};

function reasoning(effort: string, summary?: string) {
  return { reasoning: summary === undefined ? { effort } : { effort, summary } };
}

export const effort: Section = {
  title: 'Effort and thinking',
  rows: [
    {
      field: 'output_config.effort',
      outcome: ['map', '400'],
      says: 'Wins over what `thinking` and the model’s name say of it. One that the model does not take is moved to the nearest that it takes; one that the operator has pinned wins over all.',
      cases: [
        { sends: { output_config: { effort: 'low' } }, upstream: reasoning('low') },
        { sends: { output_config: { effort: 'low' } }, setting: named, upstream: reasoning('low') },
        {
          sends: { output_config: { effort: 'low' }, ...budget(30_000) },
          upstream: reasoning('low', 'auto'),
        },
        {
          sends: { output_config: { effort: 'max' } },
          upstream: reasoning('xhigh'),
          warns: 'clamped=output_config.effort',
        },
        { sends: { output_config: { effort: 'max' } }, setting: unlisted, upstream: reasoning('max') },
        {
          sends: { output_config: { effort: 'low' } },
          setting: pinned,
          upstream: reasoning('high'),
          warns: 'pinned=output_config.effort',
        },
        {
          sends: { output_config: { effort: 5 } },
          refused: wrong('output_config.effort', 'it must be a string'),
        },
      ],
    },
    {
      field: 'thinking',
      outcome: ['map', 'drop', '400'],
      says: 'Without it the model does what it does by itself, or what its name says, and no thoughts are shown: code that reads `content[0].text` must not meet one that it did not ask for.',
      cases: [
        { sends: { thinking: null }, upstream: {} },
        { sends: {}, setting: named, upstream: reasoning('xhigh') },
        {
          sends: { thinking: { type: 'deep' } },
          refused: wrong(
            'thinking.type',
            "it must be one of 'enabled', 'disabled', 'adaptive', 'between_tools'",
          ),
        },
        { golden: 'thinking-hidden', never: 'thinking_delta' },
      ],
    },
    {
      field: 'thinking.type: disabled',
      outcome: ['map'],
      says: 'No reasoning where the model can do without and nothing else was asked for, else as little as it takes.',
      cases: [
        { sends: { thinking: { type: 'disabled' } }, upstream: reasoning('none') },
        { sends: { thinking: { type: 'disabled' } }, setting: upToHigh, upstream: reasoning('low') },
        { sends: { thinking: { type: 'disabled' } }, setting: unlisted, upstream: reasoning('low') },
        {
          sends: { thinking: { type: 'disabled' }, output_config: { effort: 'high' } },
          upstream: reasoning('low'),
          warns: 'clamped=output_config.effort',
        },
      ],
    },
    {
      field: 'thinking.type: between_tools',
      outcome: ['map'],
      says: 'Little reasoning, and none is shown.',
      cases: [{ sends: { thinking: { type: 'between_tools' } }, upstream: reasoning('low') }],
    },
    {
      field: 'thinking.budget_tokens',
      outcome: ['map', '400'],
      says: 'The upstream knows efforts, no budgets: up to 2,048 tokens are low, up to 8,192 medium, up to 24,576 high, more are xhigh. The thoughts are shown.',
      cases: [
        { sends: budget(2048), upstream: reasoning('low', 'auto') },
        { sends: budget(2049), upstream: reasoning('medium', 'auto') },
        { sends: budget(8193), upstream: reasoning('high', 'auto') },
        { sends: budget(24_577), upstream: reasoning('xhigh', 'auto') },
        {
          sends: budget(24_577),
          setting: upToHigh,
          upstream: reasoning('high', 'auto'),
          warns: 'clamped=thinking',
        },
        {
          sends: { thinking: { type: 'enabled', budget_tokens: 'much' } },
          refused: wrong('thinking.budget_tokens', 'it must be a number'),
        },
      ],
    },
    {
      field: 'thinking.type: adaptive',
      outcome: ['map'],
      says: 'The effort of the name, else medium. The thoughts are shown.',
      cases: [
        { sends: adaptive(), upstream: reasoning('medium', 'auto') },
        { sends: adaptive(), setting: named, upstream: reasoning('xhigh', 'auto') },
        { golden: 'thinking-shown', stream: '"type":"thinking_delta","thinking":"First "' },
      ],
    },
    {
      field: 'thinking.display',
      outcome: ['map', '400'],
      says: '`omitted` shows thoughts without their text, with the signature that brings them back. `updates`, which Claude Code asks for in a terminal, are short summaries.',
      cases: [
        { sends: adaptive({ display: 'omitted' }), upstream: reasoning('medium') },
        { sends: adaptive({ display: 'updates' }), upstream: reasoning('medium', 'concise') },
        { sends: adaptive({ display: 'summarized' }), upstream: reasoning('medium', 'auto') },
        { sends: adaptive({ display: 5 }), refused: wrong('thinking.display', 'it must be a string') },
        { golden: 'thinking-sealed', never: 'thinking_delta' },
        { golden: 'thinking-sealed', stream: '"type":"signature_delta"' },
      ],
    },
  ],
};

const seal = { encryptedContent: 'gAAAA', partLengths: [5, 7], model: 'gpt-5.5', account: 'account-1' };
const thought = { type: 'thinking', thinking: 'First\n\nSecond.', signature: sealSignature(seal) };
const whole = {
  type: 'reasoning',
  summary: [
    { type: 'summary_text', text: 'First' },
    { type: 'summary_text', text: 'Second.' },
  ],
  encrypted_content: 'gAAAA',
};
const sealed = { ...whole, summary: [] };

/** A thought that a client sends back, and the items that it becomes. */
function replayed(block: object, items: readonly object[]) {
  const first = { role: 'user', content: 'Hi.' };
  const last = { role: 'user', content: 'On.' };
  const words = { type: 'text', text: 'Hello.' };
  return {
    sends: { messages: [first, assistant(block, words), last] },
    beside: { messages: [first, assistant(words), last] },
    upstream: items.length === 0 ? {} : { input: [said('Hi.'), ...items, answered('Hello.'), said('On.')] },
  };
}

export const signatures: Section = {
  title: 'Thoughts that come back',
  about:
    'The `signature` of a thought carries the upstream’s sealed reasoning through the client, with the model and a mark of the account that it belongs to. Clients return it as it is.',
  rows: [
    {
      field: 'messages[].content[].type: thinking',
      outcome: ['map', 'drop', '400'],
      says: 'The same sealed reasoning before what it preceded, with the summary while the text still falls into its parts. A signature of somebody else, a broken one and one of another model family are left out.',
      cases: [
        replayed(thought, [whole]),
        replayed({ ...thought, thinking: '' }, [sealed]),
        replayed({ ...thought, thinking: 'First\n\nWas changed.' }, [sealed]),
        replayed({ ...thought, signature: 'EqQBCgYIBhgC' }, []),
        replayed({ ...thought, signature: `${thought.signature.slice(0, -4)}!!!!` }, []),
        replayed({ ...thought, signature: sealSignature({ ...seal, model: 'gpt-6-sol' }) }, []),
        replayed({ ...thought, signature: sealSignature({ ...seal, model: 'gpt-5.5-codex' }) }, [whole]),
        replayed({ ...thought, signature: sealSignature({ ...seal, encryptedContent: '' }) }, []),
        {
          sends: { messages: [assistant({ type: 'thinking', thinking: 5, signature: '' })] },
          refused: wrong('messages.0.content.0.thinking', 'it must be a string'),
        },
        {
          file: 'packages/wire/test/anthropic-messages/claude-code.test.ts',
          test: 'of a conversation that has moved to another account only what that one sealed goes upstream',
        },
        {
          file: 'services/gateway/test/component/sealed-reasoning.component.test.ts',
          test: 'sealed reasoning goes back to the account that sealed it, and to no other',
        },
        {
          file: 'packages/wire/test/anthropic-messages/sdk.test.ts',
          test: 'a thought that the SDK sends back becomes the same sealed reasoning upstream',
        },
      ],
    },
    {
      field: 'messages[].content[].type: redacted_thinking',
      outcome: ['map', 'drop'],
      says: 'The same, from its `data`; there is no text.',
      cases: [
        replayed({ type: 'redacted_thinking', data: thought.signature }, [sealed]),
        replayed({ type: 'redacted_thinking', data: 'EqQBCgYIBhgC' }, []),
      ],
    },
  ],
};
