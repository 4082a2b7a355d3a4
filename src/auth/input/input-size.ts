/** More than any input of the admin API has. */
const MOST_VALUES = 1_000;
const DEEPEST_NESTING = 8;
const LONGEST_NAME = 100;
/** Taken out before the fields are looked at: said aloud, lest somebody believes they were heard. */
const PROTOTYPE_NAMES: readonly string[] = ['__proto__', 'prototype', 'constructor'];

/**
 * What of an input is more than anybody means. Looked at before its fields are: the validator's work grows with the
 * square of their number, and goes as deep as they do.
 * @returns the end of a sentence that begins with the input's name; undefined: nothing
 */
export function sizeProblem(input: unknown): string | undefined {
  let values = 0;
  let level = [input];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > DEEPEST_NESTING) return `is nested more than ${DEEPEST_NESTING} levels deep`;
    const next: unknown[] = [];
    for (const value of level) {
      if (typeof value !== 'object' || value === null) continue;
      // A list has names too, and they are short.
      const names = Object.keys(value);
      values += names.length;
      if (values > MOST_VALUES) return `has more than ${MOST_VALUES} values`;
      if (names.some((name) => name.length > LONGEST_NAME)) return `has a name of more than ${LONGEST_NAME} characters`;
      const taken = names.find((name) => PROTOTYPE_NAMES.includes(name));
      if (taken !== undefined) return `has the name '${taken}', which nothing may have`;
      for (const element of Object.values(value)) next.push(element);
    }
    level = next;
  }
  return undefined;
}
