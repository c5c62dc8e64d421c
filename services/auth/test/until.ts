import { setImmediate } from 'node:timers/promises';

/** Lets the event loop go on until the condition holds; the runner's time limit ends what never comes. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await setImmediate();
}
