/** A test, or with `after` of node:test a whole file: what is made for it ends with it. */
export interface Lifetime {
  readonly after: (end: () => Promise<unknown> | void) => void;
}
