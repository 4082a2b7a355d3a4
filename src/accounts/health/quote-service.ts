/** Longest reason that is kept. */
const LONGEST = 500;

/** Longer than a user's id, shorter than any token: those of the service have a hundred characters and more. */
const LONG_RUN = /[\w+/=~.-]{64,}/g;

/**
 * The service's words as they may be kept for operators: on one line, bounded, and without what could be a token it
 * repeats. They may name the account's user, so they are never for clients.
 */
export function quoteService(words: string): string {
  return words
    .slice(0, 4 * LONGEST)
    .replace(/(bearer)\s+\S+/gi, (said, scheme: string) => (/\s\S{20,}$/.test(said) ? `${scheme} …` : said))
    .replace(LONG_RUN, '…')
    .replace(/\p{Cc}+/gu, ' ')
    .trim()
    .slice(0, LONGEST);
}
