import assert from 'node:assert/strict';
import { parseChoices, type OperatorChoices } from '../../src/operator-choices.ts';

/** What an operator has chosen with this text, which has nothing wrong. */
export function chosen(text: string): { readonly choices: OperatorChoices } {
  const file = parseChoices(text);
  assert.ok(file.ok, JSON.stringify(file));
  return file;
}
