import { z } from 'zod';
import type { FilePart } from '../codex/items.ts';
import { FaultError, invalidRequest } from '../fault.ts';
import { fieldPath, invalidField } from './field-path.ts';

/** A file as both OpenAI APIs write it; `file_url` is known to Responses alone. */
export const fileSchema = z.object({
  file_data: z.string().nullish(),
  file_id: z.string().nullish(),
  file_url: z.string().nullish(),
  filename: z.string().nullish(),
});

const DEFAULT_FILE_NAME = 'file.pdf';

/**
 * @param at the place of the file's members in the client's body
 * @throws FaultError for a file that was uploaded before, is not there or stands nowhere on the web
 */
export function toFilePart(file: z.infer<typeof fileSchema>, at: readonly PropertyKey[]): FilePart {
  const { file_data: data, file_url: url, filename } = file;
  if (typeof file.file_id === 'string')
    throw new FaultError({
      kind: 'unsupported_value',
      message: 'There is no Files API here: send the file itself as file_data.',
      param: fieldPath([...at, 'file_id'], 'brackets'),
    });
  if (typeof data === 'string')
    return { type: 'input_file', filename: filename ?? DEFAULT_FILE_NAME, file_data: asDataUrl(data) };
  if (typeof url === 'string') return { type: 'input_file', file_url: webUrl(url, [...at, 'file_url']) };
  const param = fieldPath([...at, 'file_data'], 'brackets');
  throw invalidRequest(`Missing required parameter: '${param}'.`, param);
}

function webUrl(url: string, at: readonly PropertyKey[]): string {
  if (/^https?:/i.test(url)) return url;
  throw invalidField(at, 'it must be an http(s) URL', 'brackets');
}

/** The upstream wants a data URL, clients also send the bare base64 of a PDF. */
function asDataUrl(data: string): string {
  return data.startsWith('data:') ? data : `data:application/pdf;base64,${data}`;
}
