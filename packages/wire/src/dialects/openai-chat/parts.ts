import { z } from 'zod';
import type { ContentPart, ImagePart, TextPart } from '../../codex/items.ts';
import type { FaultError } from '../../fault.ts';
import { fieldPath, parseBody } from '../field-path.ts';
import { fileSchema, toFilePart } from '../file-part.ts';
import { toImagePart } from '../image-part.ts';
import { unsupportedValue } from '../openai-refusals.ts';
import type { RawContent, RawPart } from './schema.ts';

/** Where something stands in the body: `['messages', 2, 'content', 0]`. */
export type Place = readonly PropertyKey[];

const textSchema = z.object({ text: z.string() });
const nestedFileSchema = z.object({ file: fileSchema });

type PartReader = (part: RawPart, at: Place) => ContentPart;

/** The part types a user's message may have; those of the Responses API are sent by some clients and mean the same. */
const readers: Readonly<Record<string, PartReader>> = {
  text: readText,
  input_text: readText,
  output_text: readText,
  image_url: readImage,
  input_image: readImage,
  file: (part, at) => toFilePart(parseBody(nestedFileSchema, part, 'brackets', at).file, [...at, 'file']),
  input_file: (part, at) => toFilePart(parseBody(fileSchema, part, 'brackets', at), at),
};

/** The parts of a content as `read` makes them; a text without its part and a part without its list are parts, too. */
export function readParts<Part>(
  content: RawContent,
  at: Place,
  read: (part: RawPart, at: Place) => Part,
): readonly Part[] {
  if (!Array.isArray(content)) return [read(asPart(content), at)];
  return content.map((part, index) => read(asPart(part), [...at, index]));
}

function asPart(part: string | RawPart): RawPart {
  return typeof part === 'string' ? { type: 'text', text: part } : part;
}

/** Content of a user, developer or tool message. Empty text says nothing and is left out. */
export function inputParts(content: RawContent, at: Place): readonly ContentPart[] {
  return readParts(content, at, readPart).filter((part) => part.type !== 'input_text' || part.text !== '');
}

/** Content of a system message or an assistant's answer: text only, one string a part, empty ones left out. */
export function textsOf(content: RawContent, at: Place): readonly string[] {
  return readParts(content, at, textOf).filter((text) => text !== '');
}

/** The text of a part that may only be text. */
export function textOf(part: RawPart, at: Place): string {
  if (part.type !== 'text' && part.type !== 'input_text' && part.type !== 'output_text')
    throw unsupportedPart(part, at);
  return parseBody(textSchema, part, 'brackets', at).text;
}

function readPart(part: RawPart, at: Place): ContentPart {
  const reader = Object.hasOwn(readers, part.type) ? readers[part.type] : undefined;
  if (!reader) throw unsupportedPart(part, at);
  return reader(part, at);
}

function unsupportedPart(part: RawPart, at: Place): FaultError {
  const param = fieldPath([...at, 'type'], 'brackets');
  return unsupportedValue(param, `content of type '${part.type}' is not available here`);
}

function readText(part: RawPart, at: Place): TextPart {
  return { type: 'input_text', text: parseBody(textSchema, part, 'brackets', at).text };
}

function readImage(part: RawPart, at: Place): ImagePart {
  const image = toImagePart(part, at);
  return { ...image, detail: image.detail ?? 'auto' };
}
