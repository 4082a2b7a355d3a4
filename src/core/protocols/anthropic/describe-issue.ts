import type { z } from 'zod';

/** What a value should have been, in the words of the real API, which clients and people know. */
const EXPECTED: Record<string, string> = {
  string: 'Input should be a valid string',
  number: 'Input should be a valid number',
  int: 'Input should be a valid integer',
  boolean: 'Input should be a valid boolean',
  array: 'Input should be a valid list',
  object: 'Input should be an object',
  record: 'Input should be an object',
};

/** Where and what: a validation issue in the `<path>: <reason>` form that clients match on (anthropic.md §1). */
export function describeIssue(issue: z.core.$ZodIssue): { path: string; reason: string } {
  const nearest = issue.code === 'invalid_union' ? deepestBranch(issue) : undefined;
  if (nearest) {
    const { path, reason } = describeIssue(nearest);
    return { path: [...issue.path, path].filter((part) => part !== '').join('.'), reason };
  }
  return { path: issue.path.join('.'), reason: reasonOf(issue) };
}

/** Of a union without a tag (text or blocks), the branch whose type fits and which fails further in. */
function deepestBranch(issue: z.core.$ZodIssueInvalidUnion): z.core.$ZodIssue | undefined {
  const failures = issue.errors.flatMap((branch) => branch.slice(0, 1));
  return failures.filter((failure) => failure.path.length > 0).sort((a, b) => b.path.length - a.path.length)[0];
}

function reasonOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.input === undefined) return 'Field required';
      // Integers say so in the schema: zod itself only expects a number.
      if (issue.message === EXPECTED.int) return EXPECTED.int;
      return EXPECTED[issue.expected] ?? `Input should be ${issue.expected}`;
    case 'invalid_value':
      if (issue.input === undefined) return 'Field required';
      return `Input should be ${listed(issue.values.map(String))}`;
    case 'too_small':
      if (issue.origin === 'array') return `List should have at least ${issue.minimum} item after validation, not 0`;
      if (issue.origin === 'string') return `String should have at least ${issue.minimum} character`;
      return `Input should be greater than or equal to ${issue.minimum}`;
    case 'too_big':
      if (issue.origin === 'array') return `List should have at most ${issue.maximum} items`;
      if (issue.origin === 'string') return `String should have at most ${issue.maximum} characters`;
      return `Input should be less than or equal to ${issue.maximum}`;
    case 'invalid_union':
      if (issue.input === undefined) return 'Field required';
      if (issue.discriminator === undefined) return 'Input should be a valid string or a valid list';
      return `Field required or not supported: '${issue.discriminator}' should name a known kind`;
    default:
      return issue.message;
  }
}

function listed(values: string[]): string {
  const quoted = values.map((value) => `'${value}'`);
  return quoted.length > 1 ? `${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1)}` : quoted.join('');
}
