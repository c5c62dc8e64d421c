const BY_NAME: Readonly<Record<string, readonly string[]>> = {
  'sim-load': ['stream events=500 bytes=40 rate=100'],
  'sim-slow': ['slow ms=200'],
  'sim-stall': ['stall after=6'],
  'sim-cut': ['cut after=6'],
  'sim-reset': ['cut after=6 how=reset'],
  'sim-malformed': ['malformed after=5'],
  'sim-overloaded': ['overload'],
  'sim-failed': ['fail code=server_error after=6'],
  'sim-context-length': ['fail code=context_length_exceeded'],
  'sim-incomplete': ['incomplete'],
  'sim-usage-limit': ['status 429 kind=usage_limit'],
  'sim-unavailable': ['status 503'],
  'sim-refusal': ['refusal'],
  'sim-keep-open': ['keep_open'],
};

/** Models that choose a scenario by their name, for clients that cannot put a directive into the prompt. */
export const SCENARIO_MODELS: ReadonlyMap<string, readonly string[]> = new Map(Object.entries(BY_NAME));
