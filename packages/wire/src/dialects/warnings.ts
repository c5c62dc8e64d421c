import type { CodexRequest } from '../codex/request.ts';
import type { Exchange, Warnings } from './dialect.ts';

const MAX_HEADER_BYTES = 512;
const headerSafe = /[^\x21-\x7e]|[;,=]/g;

/** Collects what a dialect could not honour while it reads a request. */
export interface WarningLog {
  readonly dropped: (field: string) => void;
  readonly clamped: (field: string) => void;
  readonly pinned: (field: string) => void;
  /** A field that nobody knows was dropped. */
  readonly unknown: (field: string) => void;
  readonly all: () => Warnings;
}

export function createWarningLog(): WarningLog {
  const dropped = new Set<string>();
  const clamped = new Set<string>();
  const pinned = new Set<string>();
  const unknown = new Set<string>();
  return {
    dropped: (field) => void dropped.add(field),
    clamped: (field) => void clamped.add(field),
    pinned: (field) => void pinned.add(field),
    unknown: (field) => {
      dropped.add(field);
      unknown.add(field);
    },
    all: () => ({
      dropped: [...dropped],
      clamped: [...clamped],
      ...(pinned.size > 0 && { pinned: [...pinned] }),
      ...(unknown.size > 0 && { unknown: [...unknown] }),
    }),
  };
}

/**
 * What is declared of a request once its upstream body is known: tools that the client did not send and that go upstream
 * all the same are those of its history.
 */
export function declared({ warnings, lacksTools }: Exchange, { tools }: CodexRequest): Warnings {
  return lacksTools && tools !== undefined ? { ...warnings, restored: ['tools'] } : warnings;
}

/**
 * The value of `x-gateway-warnings`: `dropped=a,b; clamped=c; pinned=d; restored=tools`, ASCII, at most 512 bytes (what
 * comes after that is left out, no name is cut), null when there is nothing to say.
 */
export function warningsHeader({
  dropped,
  clamped,
  pinned = [],
  restored = [],
  usage,
}: Warnings): string | null {
  const groups = [
    { label: 'dropped', names: dropped },
    { label: 'clamped', names: clamped },
    { label: 'pinned', names: pinned },
    { label: 'restored', names: restored },
    { label: 'usage', names: usage ? [usage] : [] },
  ];
  const pieces = groups.flatMap(({ label, names }) =>
    names.map((name, index) => ({
      separator: index === 0 ? '; ' : ',',
      text: `${index === 0 ? `${label}=` : ''}${name.replaceAll(headerSafe, '_')}`,
    })),
  );
  let header = '';
  for (const { separator, text } of pieces) {
    const longer = header === '' ? text : header + separator + text;
    if (longer.length > MAX_HEADER_BYTES) break;
    header = longer;
  }
  return header === '' ? null : header;
}
