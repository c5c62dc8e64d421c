import type { Fault } from '../../fault.ts';
import { openAiError } from '../openai-error.ts';
import { writeEvent, type FrameLog } from './frames.ts';

/** The `error` event. The published schema has the members at the top, newer readers look under `error`: both are served. */
export function writeError(log: FrameLog, fault: Fault): void {
  const error = openAiError(fault);
  const { code, message, param } = error;
  writeEvent(log, 'error', { code, message, param, error });
}

/** The `error` member of a failed response. */
export function failureOf(fault: Fault): { readonly code: string; readonly message: string } {
  const { code, message, type } = openAiError(fault);
  return { code: code ?? type, message };
}
