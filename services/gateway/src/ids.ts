import { randomUUID } from 'node:crypto';

/** 24 hex digits, random. Node makes UUIDs from a pool of entropy: no system call for each. */
export function newId(): string {
  return randomUUID().replaceAll('-', '').slice(0, 24);
}
