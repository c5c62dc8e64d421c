import Anthropic from '@anthropic-ai/sdk';

/** The official client, with an answer from memory in place of a server. */
export function sdkClient(body: string, contentType: string, status = 200): Anthropic {
  return new Anthropic({
    apiKey: 'sk-test',
    baseURL: 'http://gateway.invalid',
    maxRetries: 0,
    fetch: async () =>
      new Response(body, { status, headers: { 'content-type': contentType, 'request-id': 'req_1' } }),
  });
}
