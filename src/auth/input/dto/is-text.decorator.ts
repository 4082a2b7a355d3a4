import { Matches } from 'class-validator';

/** Without control characters: nothing we store has one, and Postgres takes no NUL. */
const TEXT = /^\P{Cc}{1,200}$/u;

/** A query's field that is looked for to the letter. */
export function IsText(): PropertyDecorator {
  return Matches(TEXT, { message: '$property must be one line of 1 to 200 characters' });
}
