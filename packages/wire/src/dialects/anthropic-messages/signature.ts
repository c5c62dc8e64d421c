import { z } from 'zod';
import { decodeBase64url, encodeBase64url } from '../../base64.ts';
import type { ReasoningItem } from '../../codex/items.ts';
import { modelFamily } from '../../codex/model-family.ts';

/**
 * The `signature` of a thinking block carries the upstream's sealed reasoning through the client and back. Clients echo
 * it as it is; one that does not begin with this prefix is a foreign one.
 */
const PREFIX = 'cgw1.';

/** What joins the parts of a summary in the text of a thinking block. */
export const PART_SEPARATOR = '\n\n';

const envelopeSchema = z.object({
  /** The sealed reasoning; empty when the upstream gave none. */
  e: z.string(),
  /** The length of each summary part in the block's text, in UTF-16 units. */
  s: z.array(z.int().nonnegative()),
  /** The model that sealed it. */
  m: z.string(),
  /** The mark of the account that it was sealed for; older signatures have none. */
  a: z.string().nullish(),
});

export interface Sealed {
  readonly encryptedContent: string;
  readonly partLengths: readonly number[];
  readonly model: string;
  readonly account: string;
}

export function sealSignature({ encryptedContent: e, partLengths: s, model: m, account: a }: Sealed): string {
  return PREFIX + encodeBase64url(JSON.stringify({ e, s, m, a }));
}

export interface OpenedSignature {
  readonly item: ReasoningItem;
  /** The mark of the account that can read it; null when nobody knows. */
  readonly account: string | null;
}

/**
 * The reasoning item that a thinking block of an earlier answer stood for; null for a foreign signature, an empty seal
 * or one of another model family, which the upstream would refuse.
 */
export function openSignature(signature: string, thinking: string, model: string): OpenedSignature | null {
  const envelope = parseEnvelope(signature);
  if (!envelope || envelope.e === '' || modelFamily(envelope.m) !== modelFamily(model)) return null;
  const summary = summaryParts(thinking, envelope.s).map((text) => ({ type: 'summary_text', text }) as const);
  return {
    item: { type: 'reasoning', summary, encrypted_content: envelope.e },
    account: envelope.a ?? null,
  };
}

function parseEnvelope(signature: string): z.infer<typeof envelopeSchema> | null {
  if (!signature.startsWith(PREFIX)) return null;
  const json = decodeBase64url(signature.slice(PREFIX.length));
  if (json === null) return null;
  try {
    const parsed = envelopeSchema.safeParse(JSON.parse(json));
    return parsed.success ? parsed.data : null;
  } catch {
    return null; // not JSON: nobody but us knows what this signature is
  }
}

/** The parts as they were, or none when the client has changed or left out the text: the seal alone is enough. */
function summaryParts(thinking: string, lengths: readonly number[]): readonly string[] {
  const parts: string[] = [];
  let at = 0;
  for (const length of lengths) {
    parts.push(thinking.slice(at, at + length));
    at += length + PART_SEPARATOR.length;
  }
  const unchanged = at === thinking.length + PART_SEPARATOR.length && parts.join(PART_SEPARATOR) === thinking;
  return unchanged ? parts : [];
}
