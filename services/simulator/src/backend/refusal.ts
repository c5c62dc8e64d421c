import { jsonReply, type Reply } from '../http/reply.ts';

/** A refusal in the form of the backend's own checks. */
export function detail(text: string, status = 400): Reply {
  return jsonReply(status, { detail: text });
}
