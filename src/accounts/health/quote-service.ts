/** Longest reason that is kept. */
const LONGEST = 500;

/** Longer than a user's id, shorter than any token: those of the service have a hundred characters and more. */
const LONG_RUN = /[\w+/=~.-]{64,}/g;

/** Controls, what turns the direction of a line around, other line ends. */
const UNSEEN = /[\p{Cc}\p{Zl}\p{Zp}\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu;

/**
 * The service's words as they may be kept for operators: on one line, bounded, and without what could be a token it
 * repeats. They may name the account's user, so they are never for clients.
 */
export function quoteService(words: string): string {
  return words
    .slice(0, 4 * LONGEST)
    .replace(/(bearer)\s+\S+/gi, (said, scheme: string) => (/\s\S{20,}$/.test(said) ? `${scheme} …` : said))
    .replace(LONG_RUN, '…')
    .replace(UNSEEN, ' ')
    .trim()
    .slice(0, LONGEST)
    .toWellFormed();
}
