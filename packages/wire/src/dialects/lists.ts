import { z } from 'zod';
import { isRecord } from '../record.ts';

/*
 * Lists and maps of which the first wrong member is reported and no other one. Those of zod collect them all, which takes
 * seconds for a megabyte of them, and hand them up in one call, which overflows the stack.
 */

/** A list of what `element` reads, `atLeast` so many. */
export function listOf<Element extends z.ZodType>(element: Element, atLeast = 0) {
  return z
    .array(z.unknown())
    .min(atLeast)
    .transform((values, context) => {
      const read: z.output<Element>[] = [];
      for (const [index, value] of values.entries()) {
        const result = element.safeParse(value);
        if (!result.success) return refuse(result.error, index, context);
        read.push(result.data);
      }
      return read;
    });
}

/** An object with any members, as it is: a schema of zod looks at every name and makes a copy. */
export const anyObject = z.custom<Readonly<Record<string, unknown>>>(isRecord, 'an object');

/** An object with any names, whose members are what `member` takes; it stays as it is, a copy would cost as much as its parsing. */
export function mapOf<Value>(member: z.ZodType<Value>) {
  return z.custom<Readonly<Record<string, Value>>>(isRecord, 'an object').superRefine((values, context) => {
    for (const name of Object.keys(values)) {
      const result = member.safeParse(values[name]);
      if (!result.success) return void refuse(result.error, name, context);
    }
  });
}

function refuse({ issues }: z.ZodError, at: PropertyKey, context: z.RefinementCtx): never {
  for (const issue of issues) context.addIssue({ ...issue, path: [at, ...issue.path] });
  return z.NEVER;
}
