import { jsonReply, type Reply } from '../http/reply.ts';

export interface ModelLayerError {
  readonly message: string;
  readonly param?: string | null;
  readonly code?: string | null;
  readonly status?: number;
}

/** A refusal in the form of the model layer, the one of the public API. */
export function modelError({ message, param = null, code = null, status = 400 }: ModelLayerError): Reply {
  return jsonReply(status, { error: { message, type: 'invalid_request_error', param, code } });
}

/** `'a', 'b', and 'c'`, as the model layer lists what it takes. */
export function listed(values: readonly string[]): string {
  const quoted = values.map((value) => `'${value}'`);
  const last = quoted.pop() ?? '';
  if (quoted.length === 0) return last;
  return quoted.length === 1 ? `${quoted[0]} and ${last}` : `${quoted.join(', ')}, and ${last}`;
}

/** A value as refusals quote it: text as it is, anything else as JSON. */
export function inWords(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

export function invalidValue(value: unknown, supported: readonly string[], param: string): Reply {
  return modelError({
    message: `Invalid value: '${inWords(value)}'. Supported values are: ${listed(supported)}.`,
    param,
    code: 'invalid_value',
  });
}

export function invalidType(param: string, expected: string, value: unknown): Reply {
  return modelError({
    message: `Invalid type for '${param}': expected ${expected}, but got ${nameOfType(value)} instead.`,
    param,
    code: 'invalid_type',
  });
}

export function missing(param: string): Reply {
  return modelError({
    message: `Missing required parameter: '${param}'.`,
    param,
    code: 'missing_required_parameter',
  });
}

export function tooLong(param: string, maximum: number, length: number): Reply {
  return modelError({
    message: `Invalid '${param}': string too long. Expected a string with maximum length ${maximum}, but got a string with length ${length} instead.`,
    param,
    code: 'string_above_max_length',
  });
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  object: 'an object',
  boolean: 'a boolean',
  string: 'a string',
};

function nameOfType(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'an integer' : 'a decimal';
  return TYPE_NAMES[typeof value] ?? typeof value;
}
