import type { Warnings } from './dialect.ts';

const MAX_HEADER_BYTES = 512;
const headerSafe = /[^\x21-\x7e]|[;,=]/g;

/** Collects what a dialect could not honour while it reads a request. */
export interface WarningLog {
  readonly dropped: (field: string) => void;
  readonly clamped: (field: string) => void;
  readonly all: () => Warnings;
}

export function createWarningLog(): WarningLog {
  const dropped = new Set<string>();
  const clamped = new Set<string>();
  return {
    dropped: (field) => void dropped.add(field),
    clamped: (field) => void clamped.add(field),
    all: () => ({ dropped: [...dropped], clamped: [...clamped] }),
  };
}

/**
 * The value of `x-gateway-warnings`: `dropped=a,b; clamped=reasoning.effort`, ASCII, at most 512 bytes (cut between
 * names), null when there is nothing to say.
 */
export function warningsHeader({ dropped, clamped }: Warnings): string | null {
  const groups = [
    { label: 'dropped', names: dropped },
    { label: 'clamped', names: clamped },
  ];
  const text = groups
    .filter(({ names }) => names.length > 0)
    .map(({ label, names }) => `${label}=${names.map((name) => name.replaceAll(headerSafe, '_')).join(',')}`)
    .join('; ');
  if (text === '') return null;
  return text.length <= MAX_HEADER_BYTES ? text : text.slice(0, text.lastIndexOf(',', MAX_HEADER_BYTES));
}
