import { invalidType, invalidValue, missing, modelError } from '../model-layer/refusal.ts';
import type { Reply } from '../http/reply.ts';
import { isJsonObject, type JsonObject } from '../json.ts';

/** What one parameter may be; gives the refusal of a value that it may not be. */
type ParameterCheck = (value: unknown, param: string) => Reply | undefined;

/** Every top-level parameter that an endpoint has. */
export type Parameters = ReadonlyMap<string, ParameterCheck>;

export function parameters(checks: Readonly<Record<string, ParameterCheck>>): Parameters {
  return new Map(Object.entries(checks));
}

/** Options of a stream are for streams only (BerriAI/litellm#5803). */
export function refuseStreamOptions({ stream, stream_options: options }: JsonObject): Reply | undefined {
  if (options === undefined || options === null || stream === true) return undefined;
  return modelError({
    message: "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
    param: 'stream_options',
  });
}

/** The refusal of the first parameter that is unknown (teabranch/open-responses-server#41) or of the wrong type; `null` stands for absent. */
export function refuseParameters(body: JsonObject, known: Parameters): Reply | undefined {
  for (const [param, value] of Object.entries(body)) {
    const check = known.get(param);
    if (check === undefined) return unknownParameter(param);
    const refusal = value === null ? undefined : check(value, param);
    if (refusal !== undefined) return refusal;
  }
  return typeof body['model'] === 'string' && body['model'] !== '' ? undefined : missing('model');
}

function unknownParameter(param: string): Reply {
  return modelError({ message: `Unknown parameter: '${param}'.`, param, code: 'unknown_parameter' });
}

function ofType(expected: string, fits: (value: unknown) => boolean): ParameterCheck {
  return (value, param) => (fits(value) ? undefined : invalidType(param, expected, value));
}

const isText = (value: unknown): boolean => typeof value === 'string';

export const text = ofType('a string', isText);
export const flag = ofType('a boolean', (value) => typeof value === 'boolean');
export const object = ofType('an object', isJsonObject);
export const list = ofType('an array', Array.isArray);
export const textOrList = ofType(
  'one of a string or array',
  (value) => isText(value) || Array.isArray(value),
);
export const textOrObject = ofType(
  'one of a string or object',
  (value) => isText(value) || isJsonObject(value),
);

export function oneOf(...choices: readonly string[]): ParameterCheck {
  return (value, param) => {
    const refusal = text(value, param);
    if (refusal !== undefined) return refusal;
    return choices.some((choice) => choice === value) ? undefined : invalidValue(value, choices, param);
  };
}

interface Range {
  readonly least?: number;
  readonly most?: number;
}

export const whole = (range: Range = {}): ParameterCheck => number('integer', range, Number.isInteger);
export const decimal = (range: Range = {}): ParameterCheck =>
  number('decimal', range, (value) => typeof value === 'number');

function number(
  noun: 'integer' | 'decimal',
  range: Range,
  fits: (value: unknown) => boolean,
): ParameterCheck {
  const { least = Number.NEGATIVE_INFINITY, most = Number.POSITIVE_INFINITY } = range;
  const outside = (param: string, value: number): Reply | undefined => {
    if (value < least) return outOfRange(`${noun}_below_min_value`, { param, bound: `>= ${least}`, value });
    return value > most
      ? outOfRange(`${noun}_above_max_value`, { param, bound: `<= ${most}`, value })
      : undefined;
  };
  return (value, param) =>
    typeof value === 'number' && fits(value)
      ? outside(param, value)
      : invalidType(param, noun === 'integer' ? 'an integer' : 'a decimal', value);
}

/** As in UKGovernmentBEIS/inspect_evals#694. */
interface Excess {
  readonly param: string;
  readonly bound: string;
  readonly value: number;
}

function outOfRange(code: string, { param, bound, value }: Excess): Reply {
  const words = code.replaceAll('_', ' ').replace('min', 'minimum').replace('max', 'maximum');
  return modelError({
    message: `Invalid '${param}': ${words}. Expected a value ${bound}, but got ${value} instead.`,
    param,
    code,
  });
}
