import { isRecord } from '../record.ts';
import type { CodexRequest } from './request.ts';

type Part = Readonly<Record<string, unknown>>;

/** An image or a file that a request names by a URL of the web instead of carrying it. */
export interface RemoteAttachment {
  readonly kind: 'image' | 'file';
  readonly url: string;
}

/** What stands at such a URL, as the upstream takes it inside the request. */
export interface InlineAttachment {
  readonly dataUrl: string;
  /** For a file that the request gives no name. */
  readonly filename: string;
}

/** Every attachment that a request leaves on the web, in the order of the input; one that stands twice is there twice. */
export function remoteAttachments({ input }: CodexRequest): readonly RemoteAttachment[] {
  return input.flatMap((item) => partsOf(item).flatMap((part) => remoteAttachment(part) ?? []));
}

/** The same request with the attachments inside of it, by their URL; those that are not there stay on the web. */
export function withAttachments(
  request: CodexRequest,
  attachments: ReadonlyMap<string, InlineAttachment>,
): CodexRequest {
  const inlined = (part: unknown): unknown => {
    const remote = isRecord(part) ? remoteAttachment(part) : null;
    const found = remote && attachments.get(remote.url);
    return isRecord(part) && found ? inlinePart(part, found) : part;
  };
  return {
    ...request,
    input: request.input.map((item) =>
      partsOf(item).some(remoteAttachment)
        ? Object.fromEntries(
            Object.entries(item).map(([name, value]: [string, unknown]) =>
              isPartList(name, value) ? [name, value.map(inlined)] : [name, value],
            ),
          )
        : item,
    ),
  };
}

function partsOf(item: object): readonly Part[] {
  return Object.entries(item).flatMap(([name, value]: [string, unknown]) =>
    isPartList(name, value) ? value.filter(isRecord) : [],
  );
}

/** Messages have their parts in `content`, the answers of tools in `output`. */
function isPartList(name: string, value: unknown): value is readonly unknown[] {
  return (name === 'content' || name === 'output') && Array.isArray(value);
}

function remoteAttachment({ type, image_url: image, file_url: file }: Part): RemoteAttachment | null {
  if (type === 'input_image' && isRemote(image)) return { kind: 'image', url: image };
  return type === 'input_file' && isRemote(file) ? { kind: 'file', url: file } : null;
}

function isRemote(url: unknown): url is string {
  return typeof url === 'string' && /^https?:/i.test(url);
}

function inlinePart(part: Part, { dataUrl, filename }: InlineAttachment): Part {
  if (part['type'] === 'input_image') return { ...part, image_url: dataUrl };
  const { file_url: _, ...rest } = part;
  return { type: 'input_file', filename, ...rest, file_data: dataUrl };
}
