import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { CountingWork } from '../../core/messages/byte-pairs.js';
import { countTextTokens } from '../../core/messages/count-tokens.js';
import { atMost } from '../../platform/at-most.js';

/** Below, counting again costs no more than knowing the text again. */
const SHORTEST = 256;
/** Above, about a quarter of a million tokens: knowing it again would cost a millisecond, and it comes but once. */
const LONGEST = 1_000_000;
/** Some 2 MB. A conversation of Claude Code has about a hundred long texts: system, tools, files, results. */
const MOST_COUNTS = 10_000;
/** What a digest costs in steps of counting: 1 µs, and 1 ms for a million characters. */
const STEPS_PER_DIGEST = 10;
const DIGESTED_PER_STEP = 100;
/** A count out of samples is good enough to be kept when they were this large. */
const STEPS_WORTH_KEEPING = 20_000;

/**
 * Counts of texts that come again with every turn of a conversation. Texts are known by their digest, so that nothing
 * of a prompt is kept.
 */
export class CountMemory {
  private readonly counts = new LRUCache<string, number>(atMost(MOST_COUNTS));

  /** Counts a text, or remembers its count. Fit for `countInputTokens`. */
  readonly count = (text: string, work: CountingWork): number => {
    if (text.length < SHORTEST || text.length > LONGEST) return countTextTokens(text, work);
    // A digest tells texts apart here, nothing is trusted to it.
    const digest = hash('sha1', text, 'base64');
    work.done += STEPS_PER_DIGEST + text.length / DIGESTED_PER_STEP;
    const known = this.counts.get(digest);
    if (known !== undefined) return known;
    const before = work.done;
    const tokens = countTextTokens(text, work);
    const isComplete = work.done < work.most;
    if (isComplete || work.done - before >= STEPS_WORTH_KEEPING) this.counts.set(digest, tokens);
    return tokens;
  };
}
