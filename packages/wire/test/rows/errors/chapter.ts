import type { CommonChapter } from '../row.ts';
import { failures, keys, limits, requests } from './here.ts';
import { refusals } from './upstream.ts';

export const errorRows: CommonChapter = {
  title: 'Errors',
  about:
    'OpenAI clients get `{"error":{"message","type","param","code"}}`, Anthropic clients `{"type":"error","error":{"type","message","details"},"request_id"}` with our code in `details.error_code`. `x-gateway-outcome` says the same in one word. 4xx that are made here have the type `invalid_request_error`, 5xx `gateway_error`.',
  sections: [keys, requests, limits, refusals, failures],
};
