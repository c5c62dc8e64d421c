import { FaultError, invalidRequest } from '../fault.ts';
import { fieldSentence } from './field-path.ts';

/** What the OpenAI dialects say of a body that their schemas take and that cannot be served all the same. */

const sentence = fieldSentence.brackets;

export function missingParameter(param: string): FaultError {
  return invalidRequest(sentence(param, null), param);
}

/** @param wrong to follow a colon: "it must not be empty" */
export function invalidValue(param: string, wrong: string): FaultError {
  return invalidRequest(sentence(param, wrong), param);
}

/** A value that the API has, and that cannot be served here. */
export function unsupportedValue(param: string, why: string): FaultError {
  return new FaultError({ kind: 'unsupported_value', message: sentence(param, why), param });
}

/** A field whose silent loss would change what the answer means. */
export function unsupportedParameter(param: string): FaultError {
  const message = `Unsupported parameter: '${param}' is not available here.`;
  return new FaultError({ kind: 'unsupported_parameter', message, param });
}
