import { z } from 'zod';
import type { ContentPart, MessageItem } from '../../codex/items.ts';
import { FaultError } from '../../fault.ts';
import { fieldPath, parseBody } from '../field-path.ts';

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
const imageSchema = z.object({
  image_url: z.union([z.string(), z.object({ url: z.string(), detail: z.string().nullish() })]).nullish(),
  file_id: z.string().nullish(),
  detail: z.string().nullish(),
});
const fileSchema = z.object({
  filename: z.string().nullish(),
  file_data: z.string().nullish(),
  file_url: z.string().nullish(),
  file_id: z.string().nullish(),
});
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

const contentSchema = z.union([z.string(), z.array(z.looseObject({ type: z.string() }))]);

/**
 * The content of a message or of a tool's output as the backend takes it: `input_*` parts for those who speak to the
 * model, `output_text` and `refusal` for the model. Members that the backend does not know are left out.
 *
 * @param at the place of `content` in the client's body
 * @throws FaultError for a part that cannot be sent
 */
export function readContent(content: unknown, speaker: Speaker, at: Path): readonly ContentPart[] {
  const given = parseBody(contentSchema, content, 'brackets', at);
  if (typeof given === 'string') return [textPart(given, speaker)];
  return given.map((part, index) => readPart(part, speaker, [...at, index]));
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
  throw unsupported(`Content of type '${type}' is not supported here.`, [...at, 'type']);
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
  const given = parseBody(imageSchema, part, 'brackets', at);
  if (typeof given.file_id === 'string') throw noFiles([...at, 'file_id']);
  const nested =
    typeof given.image_url === 'string' ? { url: given.image_url, detail: null } : given.image_url;
  const url = nested?.url ?? '';
  if (!/^(data:|https?:)/.test(url)) {
    throw unsupported('An image must be a data: or https: URL.', [...at, 'image_url']);
  }
  const detail = given.detail ?? nested?.detail ?? null;
  return { type: 'input_image', image_url: url, ...(detail !== null && { detail }) };
}

function readFile(part: unknown, _speaker: Speaker, at: Path): ContentPart {
  const { filename, file_data, file_url, file_id } = parseBody(fileSchema, part, 'brackets', at);
  if (typeof file_id === 'string') throw noFiles([...at, 'file_id']);
  return {
    type: 'input_file',
    ...(typeof filename === 'string' && { filename }),
    ...(typeof file_data === 'string' && { file_data }),
    ...(typeof file_url === 'string' && { file_url }),
  };
}

function readSealed(part: unknown, _speaker: Speaker, at: Path): ContentPart {
  return parseBody(sealedSchema, part, 'brackets', at);
}

function noFiles(at: Path): FaultError {
  return unsupported('Uploaded files are not available here: send the data itself.', at);
}

function unsupported(message: string, at: Path): FaultError {
  return new FaultError({ kind: 'unsupported_value', message, param: fieldPath(at, 'brackets') });
}
