import type { ContentPart } from '../../codex/items.ts';
import { FaultError, invalidRequest } from '../../fault.ts';
import { fieldPath } from '../field-path.ts';
import type { DocumentBlock, ImageBlock, SearchResultBlock } from './blocks.ts';

/** Where a block stands in the request, for errors that name it. */
export type Place = readonly (string | number)[];

const DEFAULT_FILE_NAME = 'document.pdf';

/** Nothing for an empty text, which the upstream refuses. */
export function textParts(text: string): readonly ContentPart[] {
  return text === '' ? [] : [{ type: 'input_text', text }];
}

/** @throws FaultError for a source that cannot be reached from here */
export function imagePart({ source }: ImageBlock, place: Place): ContentPart {
  switch (source.type) {
    case 'base64':
      return image(`data:${source.media_type};base64,${source.data}`);
    case 'url':
      return image(fetchable(source.url, [...place, 'source', 'url']));
    case 'file':
      throw noFiles([...place, 'source', 'file_id']);
  }
}

function image(url: string): ContentPart {
  return { type: 'input_image', image_url: url, detail: 'auto' };
}

/** @throws FaultError for a source that cannot be reached from here */
export function documentParts(block: DocumentBlock, place: Place): readonly ContentPart[] {
  const { source } = block;
  const filename = block.title ?? DEFAULT_FILE_NAME;
  switch (source.type) {
    case 'base64':
      return [{ type: 'input_file', filename, file_data: `data:${source.media_type};base64,${source.data}` }];
    case 'url':
      return [fileAt(fetchable(source.url, [...place, 'source', 'url']), filename)];
    case 'text':
      return textParts([heading(block), source.data].join(''));
    case 'content':
      return [...textParts(heading(block).trimEnd()), ...nestedParts(source.content, place)];
    case 'file':
      throw noFiles([...place, 'source', 'file_id']);
  }
}

function fileAt(url: string, filename: string): ContentPart {
  return /^data:/i.test(url)
    ? { type: 'input_file', filename, file_data: url }
    : { type: 'input_file', file_url: url };
}

type NestedContent = Extract<DocumentBlock['source'], { type: 'content' }>['content'];

function nestedParts(content: NestedContent, place: Place): readonly ContentPart[] {
  if (typeof content === 'string') return textParts(content);
  return content.flatMap((block, index) =>
    block.type === 'text'
      ? textParts(block.text)
      : [imagePart(block, [...place, 'source', 'content', index])],
  );
}

/** What a document says about itself, on lines before its text. */
function heading({ title, context }: DocumentBlock): string {
  return [title, context].map((line) => (line ? `${line}\n` : '')).join('');
}

export function searchResultText({ title, source, content }: SearchResultBlock): string {
  return [`[${title}](${source})`, ...content.map(({ text }) => text)].join('\n');
}

function fetchable(url: string, place: Place): string {
  if (/^(https?:\/\/|data:)/i.test(url)) return url;
  const param = fieldPath(place, 'dots');
  throw invalidRequest(`${param}: only http, https and data URLs are accepted`, param);
}

function noFiles(place: Place): FaultError {
  const param = fieldPath(place, 'dots');
  const message = `${param}: files of the Files API are not available here, send the content itself`;
  return new FaultError({ kind: 'unsupported_value', message, param });
}
