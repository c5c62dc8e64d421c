import type { JsonObject } from '../json.ts';
import { asObjects, asText } from '../json.ts';

/** A sentence that only someone who got the images can say: their formats and sizes. */
export function describeImages(input: readonly JsonObject[]): string {
  const facts = input
    .flatMap((item) => [...asObjects(item['content']), ...asObjects(item['output'])])
    .filter((part) => part['type'] === 'input_image')
    .map((part) => factsOf(asText(part['image_url'])));
  return `I can see ${facts.length === 1 ? 'an image' : `${facts.length} images`}: ${facts.join('; ')}.`;
}

const PNG_WIDTH_OFFSET = 16;
const PNG_HEIGHT_OFFSET = 20;

function factsOf(url: string): string {
  const [, format = 'remote', data = ''] = /^data:image\/([a-z+]+);base64,(.*)$/i.exec(url) ?? [];
  if (data === '') return 'a remote picture';
  const bytes = Buffer.from(data, 'base64');
  if (format === 'png' && bytes.length >= PNG_HEIGHT_OFFSET + 4) {
    return `PNG of ${bytes.readUInt32BE(PNG_WIDTH_OFFSET)} by ${bytes.readUInt32BE(PNG_HEIGHT_OFFSET)} pixels`;
  }
  return `${format.toUpperCase()} of ${bytes.length} bytes`;
}
