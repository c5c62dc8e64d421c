import { type Directive, pick } from '../model/directives.ts';
import { untilAborted } from '../stream/sender.ts';
import type { Call } from '../world.ts';

/** `hang` and `drop`: no answer at all; says whether one of them was there. */
export async function vanished(
  directives: readonly Directive[],
  { record, res, signal }: Call,
): Promise<boolean> {
  if (pick(directives, 'hang') !== undefined) {
    await untilAborted(signal);
    record.ending = 'stalled';
    return true;
  }
  if (pick(directives, 'drop') === undefined) return false;
  record.ending = 'dropped';
  res.socket?.resetAndDestroy();
  return true;
}
