import { isUtf8 } from 'node:buffer';
import type { RemoteAttachment } from '@codex-gateway/wire/codex/attachments.ts';

/** What bytes are, by themselves: what the server that sent them says of them is not asked. */
export interface Media {
  readonly kind: RemoteAttachment['kind'];
  readonly type: string;
  readonly extension: string;
}

/** What the models read, and how it begins: one latin1 character for each byte. */
const signed: readonly (Media & { readonly beginning: RegExp })[] = [
  // oxlint-disable-next-line no-control-regex
  { kind: 'image', type: 'image/png', extension: 'png', beginning: /^\x89PNG\r\n\x1a\n/ },
  { kind: 'image', type: 'image/jpeg', extension: 'jpg', beginning: /^\xff\xd8\xff/ },
  { kind: 'image', type: 'image/gif', extension: 'gif', beginning: /^GIF8[79]a/ },
  { kind: 'image', type: 'image/webp', extension: 'webp', beginning: /^RIFF[^]{4}WEBP/ },
  { kind: 'file', type: 'application/pdf', extension: 'pdf', beginning: /^%PDF-/ },
];

const text: Media = { kind: 'file', type: 'text/plain', extension: 'txt' };

const LONGEST_BEGINNING = 16;

/** Null when they are nothing that a request can carry. */
export function mediaOf(bytes: Buffer): Media | null {
  const head = bytes.toString('latin1', 0, LONGEST_BEGINNING);
  const found = signed.find(({ beginning }) => beginning.test(head));
  if (found) return found;
  return bytes.length > 0 && isUtf8(bytes) && !bytes.includes(0) ? text : null;
}
