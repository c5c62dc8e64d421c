import assert from 'node:assert/strict';
import { FaultError, type Fault } from '@codex-gateway/wire/fault.ts';

/** The fault that a promise or a function ends with. */
export async function faultOf(failing: Promise<unknown> | (() => unknown)): Promise<Fault> {
  try {
    await (typeof failing === 'function' ? failing() : failing);
  } catch (error) {
    assert.ok(error instanceof FaultError, `not a fault: ${String(error)}`);
    return error.fault;
  }
  return assert.fail('there was no fault');
}
