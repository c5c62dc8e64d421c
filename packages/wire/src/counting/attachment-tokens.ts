import { base64Bytes } from '../base64.ts';
import { imageSize } from './image-size.ts';

/** What a model reads of an image: a token for each patch of 32 by 32 pixels up to a limit, and a few beside them. */
const PATCH_PIXELS = 32;
const MAX_PATCHES = 1536;
const TOKENS_BESIDE_PATCHES = 85;
const UNKNOWN_IMAGE_TOKENS = 1_200;

const TOKENS_PER_PAGE = 1_500;
const UNKNOWN_FILE_TOKENS = 3_000;

/** So much of an image's base64 is looked at: its size stands before its pixels, behind what the camera says of it. */
const IMAGE_HEAD_LETTERS = 256 * 1024;
/** So much of a PDF's base64 is read; pages behind it are counted by its ratio. */
const PDF_HEAD_LETTERS = 1024 * 1024;

/** The start of an attachment that comes as a `data:` URL. */
const dataUrl = /^data:([\w.+/-]*)[^,]{0,200},/;

/**
 * About how many tokens an attachment costs. Its base64 is never tokenised: it says nothing about how much the model reads.
 *
 * @param url a `data:` URL, or one that nobody looks behind
 */
export function attachmentTokens(url: string, kind: 'image' | 'file'): number {
  const [start = '', mime = ''] = dataUrl.exec(url) ?? [];
  const encoded = url.slice(start.length);
  if (kind === 'image' || mime.startsWith('image/')) return imageTokens(start === '' ? '' : encoded);
  if (mime === 'application/pdf') return pdfTokens(encoded);
  return UNKNOWN_FILE_TOKENS;
}

function imageTokens(encoded: string): number {
  const size = imageSize(beginning(encoded, IMAGE_HEAD_LETTERS));
  if (!size) return UNKNOWN_IMAGE_TOKENS;
  const patches = Math.ceil(size.width / PATCH_PIXELS) * Math.ceil(size.height / PATCH_PIXELS);
  return Math.min(MAX_PATCHES, patches) + TOKENS_BESIDE_PATCHES;
}

/** A page's own object, not the list of pages. In newer files they may be compressed, then nobody knows. */
const pageObject = /\/Type\s*\/Page(?![A-Za-z])/g;

function pdfTokens(encoded: string): number {
  const text = latin1(beginning(encoded, PDF_HEAD_LETTERS));
  const found = text.match(pageObject)?.length ?? 0;
  if (found === 0) return UNKNOWN_FILE_TOKENS;
  const pages = Math.round((found * encoded.length) / Math.min(encoded.length, PDF_HEAD_LETTERS));
  return pages * TOKENS_PER_PAGE;
}

/** Nothing of what is not base64. */
function beginning(encoded: string, letters: number): Uint8Array {
  return base64Bytes(encoded.slice(0, letters).replace(/=+$/, '')) ?? new Uint8Array();
}

const CHUNK = 4_096;

function latin1(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += CHUNK)
    text += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
  return text;
}
