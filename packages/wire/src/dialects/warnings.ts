import type { CodexRequest } from '../codex/request.ts';
import { nothingRecalled, type Exchange, type Warnings } from './dialect.ts';

const MAX_HEADER_BYTES = 512;
/** More names than the header has room for are not kept; a body can have a hundred thousand. */
const MAX_UNKNOWN = 256;
const MAX_DROPPED = 2 * MAX_UNKNOWN;
/** Names that can stand in a header as they are; others are not worth naming. */
const plainName = /^[\w.-]{1,64}$/;
const headerSafe = /[^\x21-\x7e]|[;,=]/g;

/** Collects what a dialect could not honour while it reads a request. */
export interface WarningLog {
  readonly dropped: (field: string) => void;
  readonly clamped: (field: string) => void;
  readonly pinned: (field: string) => void;
  /** A field or a block that nobody knows was dropped: declared where it has a plain name, refused of no key. */
  readonly unknown: (field: string) => void;
  readonly all: () => Warnings;
}

export function createWarningLog(): WarningLog {
  const dropped = new Set<string>();
  const clamped = new Set<string>();
  const pinned = new Set<string>();
  const unknown = new Set<string>();
  return {
    dropped: (field) => {
      if (dropped.size < MAX_DROPPED) dropped.add(field);
    },
    clamped: (field) => void clamped.add(field),
    pinned: (field) => void pinned.add(field),
    unknown: (field) => {
      if (unknown.size === MAX_UNKNOWN || !plainName.test(field)) return;
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
 * What is declared of a request once it is known what the upstream has taken: tools that the client did not send and that
 * went upstream all the same are those of its history; reasoning that it did send may have been sealed by another account.
 */
export function declared(exchange: Exchange, asked: CodexRequest, taken: CodexRequest): Warnings {
  const { warnings, lacksTools } = exchange;
  const lost = taken !== asked && hasReasoning(exchange.codexRequest(nothingRecalled));
  return {
    ...warnings,
    ...(lost && { dropped: [...warnings.dropped, 'encrypted_content'] }),
    ...(lacksTools && taken.tools !== undefined && { restored: ['tools'] }),
  };
}

function hasReasoning({ input }: CodexRequest): boolean {
  return input.some((item) => 'type' in item && item.type === 'reasoning');
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
