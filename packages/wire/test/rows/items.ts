import type { Members } from './row.ts';

/** Items of the upstream's `input`, as rows state them. */

export const said = (role: string, ...content: readonly Members[]): Members => ({
  type: 'message',
  role,
  content,
});
export const inputText = (text: string): Members => ({ type: 'input_text', text });
export const outputText = (text: string): Members => ({ type: 'output_text', text });

/** What the smallest body says. */
export const hi = said('user', inputText('Hi.'));
