import type { Clock } from '@codex-gateway/service-kit/clock.ts';
import type { Logger } from '@codex-gateway/service-kit/logger.ts';
import {
  remoteAttachments,
  withAttachments,
  type InlineAttachment,
  type RemoteAttachment,
} from '@codex-gateway/wire/codex/attachments.ts';
import type { CodexRequest } from '@codex-gateway/wire/codex/request.ts';
import type { Exchange } from '@codex-gateway/wire/dialects/dialect.ts';
import { invalidField } from '@codex-gateway/wire/dialects/field-path.ts';
import type { JsonBody } from '../http/body.ts';
import type { Allowance, FetchUrl } from './fetch-url.ts';
import { placeOfUrl } from './field-place.ts';
import { mediaOf } from './media.ts';
import { UrlFailure, type UrlFailureReason } from './url-failure.ts';

/** Who names the URLs. */
export interface Asking {
  readonly body: JsonBody;
  readonly exchange: Pick<Exchange, 'pathStyle'>;
  readonly requestId: string;
  readonly signal: AbortSignal;
}

/**
 * What the upstream is asked, with the attachments that a request names by URL inside of it.
 *
 * @throws FaultError `invalid_request` with the place of a URL that cannot be had, or with the reason of the signal
 */
export type InlineUrls = (request: CodexRequest, asking: Asking) => Promise<CodexRequest>;

/** The upstream gets URLs as they are and may do with them what it likes. */
export const leaveUrls: InlineUrls = async (request) => request;

export interface InliningDeps {
  readonly fetchUrl: FetchUrl;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly maxBodyBytes: number;
  readonly count: (result: 'inlined' | UrlFailureReason) => void;
}

/** Different URLs of one request. */
const MAX_URLS = 20;
/** How many of them are fetched at the same time. */
const LANES = 4;
/** For all of them together. */
const ALL_MS = 20_000;
/** Base64 writes three bytes as four characters. */
const BASE64 = 3 / 4;

export function createInlining(deps: InliningDeps): InlineUrls {
  return async (request, asking) => {
    const uses = [...Map.groupBy(remoteAttachments(request), ({ url }) => url)];
    if (uses.length === 0) return request;
    const refuse = (url: string, error: unknown): never => {
      if (!(error instanceof UrlFailure)) throw error;
      const { reason, message } = error;
      const { requestId, body, exchange } = asking;
      deps.count(reason);
      deps.logger.info({ requestId, reason }, 'a URL that a client named is not fetched');
      throw invalidField(placeOfUrl(body.value, url), message, exchange.pathStyle);
    };
    const excess = uses[MAX_URLS];
    if (excess) return refuse(excess[0], new UrlFailure('too_many'));
    return withAttachments(request, await fetchAll(uses, refuse, { ...deps, ...asking }));
  };
}

type Use = readonly [url: string, attachments: readonly RemoteAttachment[]];
type Found = Map<string, InlineAttachment>;

/** Each URL once; the first failure ends the others. */
async function fetchAll(
  uses: readonly Use[],
  refuse: (url: string, error: unknown) => never,
  { fetchUrl, clock, maxBodyBytes, count, body, signal }: InliningDeps & Asking,
): Promise<Found> {
  const stop = new AbortController();
  const cancel = clock.after(ALL_MS, () => stop.abort(new UrlFailure('deadline')));
  // a request may become as large as one whose client has done all this by itself
  let left = (maxBodyBytes - body.decoded.length) * BASE64;
  const allowance: Allowance = {
    take: (bytes) => (left -= bytes) >= 0,
    signal: AbortSignal.any([signal, stop.signal]),
  };
  const found: Found = new Map();
  const waiting = uses.values();
  const lane = async (): Promise<void> => {
    for (const [url, attachments] of waiting) {
      try {
        found.set(url, inlineAttachment(url, attachments, await fetchUrl(url, allowance)));
      } catch (error) {
        refuse(url, error);
      }
      count('inlined');
    }
  };
  try {
    await Promise.all(Array.from({ length: LANES }, lane));
    return found;
  } finally {
    cancel();
    stop.abort();
  }
}

/** @throws UrlFailure when the bytes are not what the request takes them for */
function inlineAttachment(
  url: string,
  attachments: readonly RemoteAttachment[],
  bytes: Buffer,
): InlineAttachment {
  const media = mediaOf(bytes);
  const mistaken = attachments.find(({ kind }) => kind !== media?.kind);
  if (!media || mistaken) throw new UrlFailure(mistaken?.kind === 'file' ? 'file_type' : 'image_type');
  return {
    dataUrl: `data:${media.type};base64,${bytes.toString('base64')}`,
    filename: plainName.exec(new URL(url).pathname)?.[0] ?? `file.${media.extension}`,
  };
}

/** The end of a path that is a file's name as it stands. */
const plainName = /[\w-][\w.-]{0,99}$/;
