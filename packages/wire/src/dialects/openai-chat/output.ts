import type { Chunks } from './chunks.ts';

/** The text of one batch, and the role that must come before anything else: SDKs throw without it. */
export interface Output {
  /** Visible text. */
  readonly text: (text: string) => void;
  /** Any other delta. */
  readonly delta: (delta: Readonly<Record<string, unknown>>) => void;
  /** Says the role unless it was said. `content` is what a client starts its text with: null when none may follow. */
  readonly role: (content: '' | null) => void;
  readonly frame: (frame: string) => void;
  /** Everything since the last time. */
  readonly collect: () => string;
}

export function createOutput(chunks: Chunks): Output {
  let pending = '';
  let roleTold = false;
  const role = (content: '' | null): void => {
    if (roleTold) return;
    roleTold = true;
    pending += chunks.delta({ role: 'assistant', content });
  };
  return {
    text: (text) => {
      role('');
      pending += chunks.text(text);
    },
    delta: (delta) => {
      role(null);
      pending += chunks.delta(delta);
    },
    role,
    frame: (frame) => {
      pending += frame;
    },
    collect: () => {
      const collected = pending;
      pending = '';
      return collected;
    },
  };
}
