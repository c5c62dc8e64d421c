import type { z } from 'zod';

/** What a value must be that the schema did not take, to follow "it must be": `a string or an array`. */
export function demanded(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return nouns[issue.expected] ?? 'of another type';
    case 'invalid_value':
      return anyOf(issue.values);
    case 'invalid_union':
      return 'options' in issue ? anyOf(issue.options ?? []) : alternatives(issue.errors);
    case 'too_small':
      return nonEmpty[issue.origin] ?? `at least ${issue.minimum}`;
    case 'too_big':
      return issue.origin === 'array' ? `an array of at most ${issue.maximum}` : `at most ${issue.maximum}`;
    case 'custom':
      return issue.message; // of our own refinements, which say it to go on from "it must be"
    case 'invalid_format':
    case 'not_multiple_of':
    case 'unrecognized_keys':
    case 'invalid_key':
    case 'invalid_element':
      return 'of another form';
  }
}

const nouns: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  boolean: 'a boolean',
  array: 'an array',
  object: 'an object',
  record: 'an object',
};

const nonEmpty: Readonly<Record<string, string>> = {
  string: 'a non-empty string',
  array: 'a non-empty array',
};

function anyOf(values: readonly unknown[]): string {
  const names = values.filter((value) => typeof value === 'string').map((value) => `'${value}'`);
  return names.length === 1 ? names.join('') : `one of ${names.join(', ')}`;
}

function alternatives(errors: readonly (readonly z.core.$ZodIssue[])[]): string {
  return [...new Set(errors.flatMap(([first]) => (first ? [demanded(first)] : [])))].join(' or ');
}
