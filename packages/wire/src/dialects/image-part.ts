import { z } from 'zod';
import type { ImagePart } from '../codex/items.ts';
import { fieldPath, parseBody } from './field-path.ts';
import { invalidValue, missingParameter, unsupportedValue } from './openai-refusals.ts';

/** An image as both OpenAI APIs write it: Chat has `{url, detail}` in `image_url`, Responses has both side by side. */
const imageSchema = z.object({
  image_url: z.union([z.string(), z.object({ url: z.string(), detail: z.string().nullish() })]).nullish(),
  file_id: z.string().nullish(),
  detail: z.string().nullish(),
});

const sendable = /^(https?:|data:image\/[^,]*;base64,\S)/i;

/**
 * @param at the place of the part in the client's body
 * @throws FaultError for an image that was uploaded before, or that the upstream would refuse
 */
export function toImagePart(part: unknown, at: readonly PropertyKey[]): ImagePart {
  const { image_url: source, file_id: id, ...given } = parseBody(imageSchema, part, 'brackets', at);
  if (typeof id === 'string')
    throw unsupportedValue(
      fieldPath([...at, 'file_id'], 'brackets'),
      'nothing is stored here, send the data itself',
    );
  const nested = typeof source === 'object' ? source : null;
  const url = nested ? nested.url : source;
  const param = fieldPath([...at, 'image_url', ...(nested ? ['url'] : [])], 'brackets');
  if (typeof url !== 'string') throw missingParameter(param);
  if (!sendable.test(url))
    throw invalidValue(param, 'it must be an http(s) URL, or a data: URL with an image in base64');
  const detail = given.detail ?? nested?.detail ?? null;
  return { type: 'input_image', image_url: url, ...(detail !== null && { detail }) };
}
