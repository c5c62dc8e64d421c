import type { OutputItem } from '../../codex/events.ts';

/** A tool call as the client is told about it. */
export interface Call {
  /** Its place among the calls of this answer, from 0. */
  readonly index: number;
  readonly id: string;
  /** As the upstream knows it. */
  readonly name: string;
  readonly kind: 'function' | 'custom';
}

/** Where the calls are written, one after the other. */
export interface CallWriter {
  readonly begin: (call: Call) => void;
  readonly more: (call: Call, text: string) => void;
}

/**
 * Puts calls that the upstream makes at the same time into a line: one is written until it is whole, what comes for
 * the others waits. The SDK takes a change of `index` for the end of the earlier call and parses its arguments.
 */
export interface CallLine {
  readonly announce: (outputIndex: number, item: OutputItem) => void;
  readonly more: (outputIndex: number, delta: string) => void;
  /** The call is whole, and the item says all of it; what has not come by deltas is new. */
  readonly finish: (outputIndex: number, item: OutputItem) => void;
  /** Writes everything that still waits; cut calls stay as they are. */
  readonly flush: () => void;
  readonly isEmpty: () => boolean;
  readonly hasUnfinished: () => boolean;
}

interface WaitingCall extends Call {
  /** Characters that have arrived. */
  received: number;
  /** What has arrived before it was this call's turn. */
  waiting: string;
  whole: boolean;
}

/** A function that takes nothing is called with an empty object: SDKs parse the arguments. */
const NO_ARGUMENTS = '{}';

export function createCallLine(writer: CallWriter): CallLine {
  const calls = new Map<number, WaitingCall>();
  const line: WaitingCall[] = [];
  let front = 0;

  const step = (): void => {
    front += 1;
    const next = line[front];
    if (next) begin(writer, next);
  };
  const advance = (): void => {
    while (line[front]?.whole) step();
  };
  const more = (call: WaitingCall, text: string): void => {
    if (text === '') return;
    call.received += text.length;
    if (call === line[front]) writer.more(call, text);
    else call.waiting += text;
  };
  return {
    announce: (outputIndex, item) => {
      const announced = calls.has(outputIndex) ? null : callOf(item, line.length);
      if (!announced) return;
      const call: WaitingCall = { ...announced, received: 0, waiting: '', whole: false };
      calls.set(outputIndex, call);
      line.push(call);
      if (call === line[front]) begin(writer, call);
    },
    more: (outputIndex, delta) => {
      const call = calls.get(outputIndex);
      if (call) more(call, delta);
    },
    finish: (outputIndex, item) => {
      const call = calls.get(outputIndex);
      if (!call || call.whole) return;
      more(call, callText(item).slice(call.received));
      call.whole = true;
      advance();
    },
    flush: () => {
      while (front < line.length) step();
    },
    isEmpty: () => line.length === 0,
    hasUnfinished: () => line.some((call) => !call.whole),
  };
}

function begin(writer: CallWriter, call: WaitingCall): void {
  writer.begin(call);
  if (call.waiting !== '') writer.more(call, call.waiting);
  call.waiting = '';
}

export function isCallItem({ type }: OutputItem): boolean {
  return type === 'function_call' || type === 'custom_tool_call';
}

/** The call that an output item is; null for other items and for one that no client could answer. */
export function callOf(item: OutputItem, index: number): Call | null {
  if (!isCallItem(item) || !item.name || !item.call_id) return null;
  const kind = item.type === 'function_call' ? 'function' : 'custom';
  return { index, id: item.call_id, name: item.name, kind };
}

/** The arguments or the input of a finished call. */
export function callText({ type, arguments: args, input }: OutputItem): string {
  return type === 'function_call' ? args || NO_ARGUMENTS : (input ?? '');
}
