import { z } from 'zod';
import type { FilePart } from '../codex/items.ts';
import { fieldPath } from './field-path.ts';
import { invalidValue, missingParameter, unsupportedValue } from './openai-refusals.ts';

/** A file as both OpenAI APIs write it; `file_url` is known to Responses alone. */
export const fileSchema = z.object({
  file_data: z.string().nullish(),
  file_id: z.string().nullish(),
  file_url: z.string().nullish(),
  filename: z.string().nullish(),
});

const DEFAULT_FILE_NAME = 'file.pdf';
/** A pattern that cannot fail: one that has to try again would take minutes for a long run of blanks. */
const beforeData = /^(data:[^,]*,?)?/i;

/**
 * @param at the place of the file's members in the client's body
 * @throws FaultError for a file that was uploaded before, or that the upstream would refuse
 */
export function toFilePart(file: z.infer<typeof fileSchema>, at: readonly PropertyKey[]): FilePart {
  const { file_data: data, file_url: url, file_id: id, filename } = file;
  const param = (member: keyof typeof file): string => fieldPath([...at, member], 'brackets');
  if (typeof id === 'string')
    throw unsupportedValue(param('file_id'), 'nothing is stored here, send the data itself');
  if (typeof data === 'string') {
    if (data.replace(beforeData, '').trim() === '')
      throw invalidValue(param('file_data'), 'it must not be empty');
    return { type: 'input_file', filename: filename ?? DEFAULT_FILE_NAME, file_data: asDataUrl(data) };
  }
  if (typeof url !== 'string') throw missingParameter(param('file_data'));
  if (!/^https?:/i.test(url)) throw invalidValue(param('file_url'), 'it must be an http(s) URL');
  return { type: 'input_file', file_url: url };
}

/** The upstream wants a data URL, clients also send the bare base64 of a PDF. */
function asDataUrl(data: string): string {
  return /^data:/i.test(data) ? data : `data:application/pdf;base64,${data}`;
}
