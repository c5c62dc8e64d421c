import { z } from 'zod';
import type { ContentPart, ImagePart, TextPart } from '../../codex/items.ts';
import { FaultError, invalidRequest } from '../../fault.ts';
import { fieldPath, parseBody } from '../field-path.ts';
import { fileSchema, toFilePart } from '../file-part.ts';
import type { RawContent, RawPart } from './schema.ts';

/** Where something stands in the body: `['messages', 2, 'content', 0]`. */
export type Place = readonly PropertyKey[];

const textSchema = z.object({ text: z.string() });

// Some clients send the URL itself instead of `{url}`.
const imageSchema = z.object({
  image_url: z.union([z.string(), z.object({ url: z.string(), detail: z.string().nullish() })]),
  detail: z.string().nullish(),
});

const nestedFileSchema = z.object({ file: fileSchema });

type PartReader = (part: RawPart, at: Place) => ContentPart;

/** The part types a user's message may have; those of the Responses API are sent by some clients and mean the same. */
const readers: Readonly<Record<string, PartReader>> = {
  text: readText,
  input_text: readText,
  image_url: readImage,
  input_image: readImage,
  file: (part, at) => toFilePart(parseBody(nestedFileSchema, part, 'brackets', at).file, [...at, 'file']),
  input_file: (part, at) => toFilePart(parseBody(fileSchema, part, 'brackets', at), at),
};

/** Content of a user, developer or tool message. Empty text says nothing and is left out. */
export function inputParts(content: RawContent, at: Place): readonly ContentPart[] {
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'input_text', text: content }];
  return content
    .map((part, index) => readPart(part, [...at, index]))
    .filter((part) => part.type !== 'input_text' || part.text !== '');
}

/** Content of a system message or an assistant's answer: text only, one string a part, empty ones left out. */
export function textsOf(content: RawContent, at: Place): readonly string[] {
  const texts =
    typeof content === 'string' ? [content] : content.map((part, index) => textOf(part, [...at, index]));
  return texts.filter((text) => text !== '');
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
  return new FaultError({
    kind: 'unsupported_value',
    message: `Content of type '${part.type}' is not supported here.`,
    param: fieldPath([...at, 'type'], 'brackets'),
  });
}

function readText(part: RawPart, at: Place): TextPart {
  return { type: 'input_text', text: parseBody(textSchema, part, 'brackets', at).text };
}

function readImage(part: RawPart, at: Place): ImagePart {
  const { image_url: image, detail } = parseBody(imageSchema, part, 'brackets', at);
  const { url, detail: ownDetail } = typeof image === 'string' ? { url: image, detail } : image;
  if (!/^(data:|https?:)/i.test(url))
    throw invalidRequest(
      'An image must be a data: or an http(s) URL.',
      fieldPath(typeof image === 'string' ? [...at, 'image_url'] : [...at, 'image_url', 'url'], 'brackets'),
    );
  return { type: 'input_image', image_url: url, detail: ownDetail ?? 'auto' };
}
