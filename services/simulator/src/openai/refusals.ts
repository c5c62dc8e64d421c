import { modelError } from '../model-layer/refusal.ts';
import { jsonReply, type Reply } from '../http/reply.ts';

const KEYS_PAGE = 'https://platform.openai.com/account/api-keys';
const SHOWN_BEFORE = 8;
const SHOWN_AFTER = 4;

export function missingApiKey(): Reply {
  return modelError({
    message: `You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY), or as the password field (with blank username) if you're accessing the API from your browser and are prompted for a username and password. You can obtain an API key from ${KEYS_PAGE}.`,
    status: 401,
  });
}

/** Names the key as the API does: its middle is starred out, a short one wholly. */
export function wrongApiKey(key: string): Reply {
  const shown =
    key.length > SHOWN_BEFORE + SHOWN_AFTER
      ? `${key.slice(0, SHOWN_BEFORE)}${'*'.repeat(key.length - SHOWN_BEFORE - SHOWN_AFTER)}${key.slice(-SHOWN_AFTER)}`
      : '*'.repeat(key.length);
  return modelError({
    message: `Incorrect API key provided: ${shown}. You can find your API key at ${KEYS_PAGE}.`,
    code: 'invalid_api_key',
    status: 401,
  });
}

export function unparseableBody(): Reply {
  return modelError({
    message:
      "We could not parse the JSON body of your request. (HINT: This likely means you aren't using your HTTP library correctly. The OpenAI API expects a JSON payload, but what was sent was not valid JSON. If you have trouble figuring out how to fix this, please contact us through our help center at help.openai.com.)",
  });
}

export function bodyTooLarge(): Reply {
  return modelError({ message: 'Request body is too large.', code: 'request_too_large', status: 413 });
}

export function unknownEncoding(encoding: string): Reply {
  return modelError({ message: `Unsupported content encoding: '${encoding}'.`, status: 415 });
}

export function unknownUrl(method: string, path: string): Reply {
  return modelError({ message: `Invalid URL (${method} ${path})`, status: 404 });
}

export function serverError(message: string, status = 500, code: string | null = null): Reply {
  return jsonReply(status, { error: { message, type: 'server_error', param: null, code } });
}
