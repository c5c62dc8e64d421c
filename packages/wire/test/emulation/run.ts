import type { CodexEvent } from '../../src/codex/events.ts';
import type { CodexRequest } from '../../src/codex/request.ts';
import { createEmulation, type Emulation } from '../../src/emulation/emulation.ts';
import type { EmulationRules } from '../../src/emulation/rules.ts';
import { o200k } from './o200k.ts';

export const asked: CodexRequest = {
  model: 'gpt-5.5',
  instructions: 'You are a helpful assistant.',
  input: [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Go on.' }] }],
  parallel_tool_calls: true,
  include: ['reasoning.encrypted_content'],
  prompt_cache_key: 'key',
  store: false,
  stream: true,
};

const noRules: EmulationRules = {
  stop: [],
  maxTokens: null,
  toolText: false,
  commentaryIsVisible: true,
  separator: '',
};

export function emulation(rules: Partial<EmulationRules>): Emulation {
  return createEmulation({ ...noRules, ...rules }, { countTokens: o200k, request: asked });
}

/** All events of an answer, one by one as if each were a batch. */
export function emulated(
  rules: Partial<EmulationRules>,
  events: readonly CodexEvent[],
): readonly CodexEvent[] {
  const filter = emulation(rules);
  return events.flatMap((event) => filter.push([event]));
}
