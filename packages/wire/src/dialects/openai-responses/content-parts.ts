import { z } from 'zod';
import { withoutCacheMark } from '../../codex/cache-marks.ts';
import type { ContentPart, MessageItem } from '../../codex/items.ts';
import type { FaultError } from '../../fault.ts';
import { fieldPath, parseBody } from '../field-path.ts';
import { fileSchema, toFilePart } from '../file-part.ts';
import { toImagePart } from '../image-part.ts';
import { listOf } from '../lists.ts';
import { unsupportedValue } from '../openai-refusals.ts';

export type Role = MessageItem['role'];
/** Whose words the parts are: tool outputs take what a user's message takes, and sealed parts too. */
export type Speaker = Role | 'tool';

type Path = readonly PropertyKey[];

/** What a part of one kind becomes; every spelling of it that clients use is a row of `parts`. */
interface PartRule {
  readonly speakers: readonly Speaker[];
  readonly read: (part: unknown, speaker: Speaker, at: Path) => ContentPart;
}

const listeners: readonly Speaker[] = ['user', 'developer', 'tool'];
const everybody: readonly Speaker[] = [...listeners, 'assistant'];

const textSchema = z.object({ text: z.string() });
const refusalSchema = z.object({ refusal: z.string() });
const sealedSchema = z.looseObject({ type: z.enum(['encrypted_content', 'scoped_content']) });

const text: PartRule = { speakers: everybody, read: readText };
const refusal: PartRule = { speakers: ['assistant'], read: readRefusal };
const image: PartRule = { speakers: listeners, read: readImage };
const file: PartRule = { speakers: listeners, read: readFile };
const sealed: PartRule = { speakers: ['tool'], read: readSealed };

const parts: ReadonlyMap<string, PartRule> = new Map([
  ['text', text],
  ['input_text', text],
  ['output_text', text],
  ['refusal', refusal],
  ['input_image', image],
  ['image_url', image],
  ['input_file', file],
  ['encrypted_content', sealed],
  ['scoped_content', sealed],
]);

/** One part may stand without its list, and a text without its part. */
const onePart = z.union([z.string(), z.looseObject({ type: z.string() })]);
const contentSchema = z.union([onePart, listOf(onePart)]);

/**
 * The content of a message or of a tool's output as the backend takes it: `input_*` parts for those who speak to the
 * model, `output_text` and `refusal` for the model. Members that the backend does not know are left out.
 *
 * @param at the place of `content` in the client's body
 * @throws FaultError for a part that cannot be sent
 */
export function readContent(content: unknown, speaker: Speaker, at: Path): readonly ContentPart[] {
  const given = parseBody(contentSchema, content, 'brackets', at);
  const read = (part: z.infer<typeof onePart>, place: Path): ContentPart =>
    typeof part === 'string' ? textPart(part, speaker) : readPart(part, speaker, place);
  if (!Array.isArray(given)) return [read(given, at)];
  return given.map((part, index) => read(part, [...at, index]));
}

/** Whether a bare item of `input` is really a content part (some clients leave the message out). */
export function isBarePart(type: string): boolean {
  return type === 'input_text' || type === 'input_image' || type === 'input_file';
}

/** One part, where it stands alone. @throws FaultError for a part that cannot be sent */
export function readPart(part: { readonly type: string }, speaker: Speaker, at: Path): ContentPart {
  const { type } = part;
  const rule = parts.get(type);
  if (rule?.speakers.includes(speaker)) return rule.read(part, speaker, at);
  throw unsupportedPart(type, at);
}

function textPart(words: string, speaker: Speaker): ContentPart {
  return { type: speaker === 'assistant' ? 'output_text' : 'input_text', text: words };
}

function readText(part: unknown, speaker: Speaker, at: Path): ContentPart {
  return textPart(parseBody(textSchema, part, 'brackets', at).text, speaker);
}

function readRefusal(part: unknown, _speaker: Speaker, at: Path): ContentPart {
  return { type: 'refusal', refusal: parseBody(refusalSchema, part, 'brackets', at).refusal };
}

function readImage(part: unknown, _speaker: Speaker, at: Path): ContentPart {
  return toImagePart(part, at);
}

function readFile(part: unknown, _speaker: Speaker, at: Path): ContentPart {
  return toFilePart(parseBody(fileSchema, part, 'brackets', at), at);
}

function readSealed(part: unknown, _speaker: Speaker, at: Path): ContentPart {
  const given = parseBody(sealedSchema, part, 'brackets', at);
  return { ...withoutCacheMark(given), type: given.type };
}

function unsupportedPart(type: string, at: Path): FaultError {
  const param = fieldPath([...at, 'type'], 'brackets');
  return unsupportedValue(param, `content of type '${type}' is not available here`);
}
