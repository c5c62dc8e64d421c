import { inputText, outputText, said as messageOf } from '../items.ts';
import { refused, type AcceptedCase, type Members, type Refused } from '../row.ts';

/** What the rows of Messages are written with: bodies on the left, what becomes of them on the right. */

/** A field that is wrong. */
export function wrong(param: string, what: string): Refused {
  return refused('invalid_request', param, `${param}: ${what}`);
}

export function absent(param: string): Refused {
  return wrong(param, 'Field required');
}

/** A value that the API has, and that cannot be served here. */
export function elsewhere(param: string, what: string): Refused {
  return refused('unsupported_value', param, `${param}: ${what}`);
}

/** One text of each who speaks, as an item. */
export const said = (text: string): Members => messageOf('user', inputText(text));
export const answered = (text: string): Members => messageOf('assistant', outputText(text));
export const developer = (text: string): Members => messageOf('developer', inputText(text));

/** Content of the one message of a user. */
export function blocks(...content: readonly unknown[]): Members {
  return { messages: [{ role: 'user', content }] };
}

/** A block of the one message of a user, and the parts that it becomes. */
export function asked(block: unknown, parts: readonly Members[], warns?: string): AcceptedCase {
  return {
    sends: blocks({ type: 'text', text: 'See:' }, block),
    beside: blocks({ type: 'text', text: 'See:' }),
    upstream: parts.length === 0 ? {} : { input: [messageOf('user', inputText('See:'), ...parts)] },
    ...(warns !== undefined && { warns }),
  };
}

/** The case of a block that nobody knows by this name: it is declared, and no key is refused for it. */
export function unheardOf(name: string, accepted: AcceptedCase): AcceptedCase {
  return { ...accepted, upstream: {}, warns: `dropped=${name}`, here: { unknown: [name] } };
}

/** Messages after the one of the smallest body, and the items that they add. */
export function followed(
  messages: readonly unknown[],
  items: readonly unknown[],
  more: Partial<AcceptedCase> = {},
): AcceptedCase {
  return {
    sends: { messages: [{ role: 'user', content: 'Hi.' }, ...messages] },
    upstream: items.length === 0 ? {} : { input: [said('Hi.'), ...items] },
    ...more,
  };
}

export function user(...content: readonly unknown[]) {
  return { role: 'user', content };
}

export function assistant(...content: readonly unknown[]) {
  return { role: 'assistant', content };
}

export const png = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'aW1n' } };
export const pngPart = { type: 'input_image', image_url: 'data:image/png;base64,aW1n', detail: 'auto' };
export const pdf = {
  type: 'document',
  source: { type: 'base64', media_type: 'application/pdf', data: 'cGRm' },
};
export const pdfPart = {
  type: 'input_file',
  filename: 'document.pdf',
  file_data: 'data:application/pdf;base64,cGRm',
};

/** A tool as a client declares it and as it goes upstream. */
export const tool = {
  name: 'weather',
  description: 'Tells the weather.',
  input_schema: { type: 'object', properties: { city: { type: 'string' } } },
};
export const functionTool = {
  type: 'function',
  name: 'weather',
  description: 'Tells the weather.',
  parameters: { type: 'object', properties: { city: { type: 'string' } } },
  strict: false,
};

/** A call as a client sends it back, and as it goes upstream. */
export const use = { type: 'tool_use', id: 'call_1', name: 'weather', input: { city: 'Oslo' } };
export const call = {
  type: 'function_call',
  call_id: 'call_1',
  name: 'weather',
  arguments: '{"city":"Oslo"}',
};
export const result = { type: 'tool_result', tool_use_id: 'call_1', content: 'Rain.' };
export const output = { type: 'function_call_output', call_id: 'call_1', output: 'Rain.' };
