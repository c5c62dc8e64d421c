/** Why a URL was not fetched: for metrics and the log. Clients are told less (`sentences`). */
export type UrlFailureReason =
  | 'form'
  | 'too_many'
  | 'address'
  | 'name'
  | 'connection'
  | 'status'
  | 'redirects'
  | 'deadline'
  | 'too_large'
  | 'image_type'
  | 'file_type';

/** Thrown when what stands at a client's URL cannot be sent. */
export class UrlFailure extends Error {
  readonly reason: UrlFailureReason;

  constructor(reason: UrlFailureReason, options?: ErrorOptions) {
    super(sentences[reason], options);
    this.name = 'UrlFailure';
    this.reason = reason;
  }
}

/** Whoever asks for the address of an internal service must not learn from the answer whether there is one. */
const UNREACHABLE = 'the URL could not be fetched';

const sentences: Readonly<Record<UrlFailureReason, string>> = {
  form: 'only https URLs without a user name and without a port are fetched',
  too_many: 'the request names more URLs than are fetched for one request',
  address: UNREACHABLE,
  name: UNREACHABLE,
  connection: UNREACHABLE,
  status: UNREACHABLE,
  redirects: UNREACHABLE,
  deadline: UNREACHABLE,
  too_large: 'what stands at the URL is too large',
  image_type: 'what stands at the URL is not a PNG, JPEG, GIF or WebP image',
  file_type: 'what stands at the URL is not a PDF or a text',
};
