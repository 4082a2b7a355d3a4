import { countTextTokens } from './count-tokens.js';

/** Characters of an answer that are kept for counting; more of them would tell no more about their density. */
export const LONGEST_SAMPLE = 2_048;

/** The beginning of a text that comes in pieces, and its length: enough to count it when nobody else did. */
export class OutputSample {
  private beginning = '';
  private characters = 0;

  take(piece: string): void {
    this.characters += piece.length;
    const room = LONGEST_SAMPLE - this.beginning.length;
    if (room > 0) this.beginning += piece.length > room ? piece.slice(0, room) : piece;
  }

  /** By our own tokenizer; what was not kept is taken to be like the beginning. */
  countTokens(): number {
    if (this.characters === 0) return 0;
    return (countTextTokens(this.beginning) * this.characters) / this.beginning.length;
  }
}
