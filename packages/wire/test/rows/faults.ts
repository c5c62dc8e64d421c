import assert from 'node:assert/strict';
import { refusalOfEvent, refusalOfReply, type Refusal } from '../../src/codex/refusal.ts';
import { anthropicMessages } from '../../src/dialects/anthropic-messages/dialect.ts';
import { openaiChat } from '../../src/dialects/openai-chat/dialect.ts';
import { openaiResponses } from '../../src/dialects/openai-responses/dialect.ts';
import { faultHeaders } from '../../src/fault-headers.ts';
import { errorEvent, failed, upstream, type RawEvent } from '../upstream-events.ts';
import type { Failure, FaultCase, Told } from './row.ts';

/** What the gateway makes of a failure: the fault, and what it tries first. */
function refusalOf(when: Failure): Refusal {
  if ('fault' in when) return { fault: when.fault, remedy: 'none' };
  if ('event' in when) return inAnswer([when.event]);
  if ('status' in when) {
    const { status, body, retryAfterSeconds = null } = when;
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    return refusalOfReply({ status, body: text, retryAfterSeconds });
  }
  const { error } = when;
  const refusal = inAnswer(failed(error));
  assert.deepEqual(inAnswer(errorEvent(error)), refusal, 'an error event says the same');
  const reply = { status: 400, body: JSON.stringify({ error }), retryAfterSeconds: null };
  assert.deepEqual(refusalOfReply(reply), refusal, 'a 400 says the same');
  return refusal;
}

function inAnswer(events: readonly RawEvent[]): Refusal {
  const [event] = upstream(events);
  const refusal = event && refusalOfEvent(event);
  assert.ok(refusal);
  return refusal;
}

export function kindOf({ when }: FaultCase): string {
  return refusalOf(when).fault.kind;
}

/** Asserts that every client is told exactly what the case states. */
export function checkFault({ when, tries = 'none', told }: FaultCase): void {
  const { fault, remedy } = refusalOf(when);
  assert.equal(remedy, tries);
  for (const { errorReply } of [openaiChat, openaiResponses])
    assert.deepEqual(errorReply(fault, 'req_1'), openAiReply(told));
  assert.deepEqual(anthropicMessages.errorReply(fault, 'req_1'), anthropicReply(told));
  assert.deepEqual(faultHeaders(fault), { 'x-gateway-outcome': told.outcome, ...told.headers });
}

function openAiReply({ status, error }: Told) {
  return { status, body: { error: { param: null, ...error } } };
}

function anthropicReply({ status, error, anthropic }: Told) {
  const { type, message = error.message } = anthropic;
  const details = anthropic.details ?? (error.code === null ? null : { error_code: error.code });
  return {
    status: anthropic.status ?? status,
    body: { type: 'error', error: { type, message, ...(details && { details }) }, request_id: 'req_1' },
  };
}
