/** One SSE frame. With a name it carries an `event:` line, which the Anthropic SDK and Open Responses readers need. */
export function sseFrame(data: unknown, event?: string): string {
  const line = `data: ${JSON.stringify(data)}\n\n`;
  return event === undefined ? line : `event: ${event}\n${line}`;
}

/** The end of a stream for OpenAI clients. */
export const sseDone = 'data: [DONE]\n\n';

/** Bytes that keep a connection open without being an event. */
export const sseComment = ': ping\n\n';
