import type { Refused, Setting } from '../row.ts';

/** Redis is away, for example. */
export const memoryIsAway: Setting = {
  words: 'what is remembered cannot be read',
  recalled: { outOfReach: true },
};

export const outOfReach: Refused = {
  status: 503,
  code: 'server_is_overloaded',
  param: null,
  message:
    'What the gateway remembers of earlier responses cannot be read at the moment. Try again, or send the conversation itself.',
};
