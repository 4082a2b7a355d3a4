import type { TokenUse } from '../../core/models/prices.js';
import type { Measurement } from '../meter.js';

/** What one request used, noted while its answer passes: whenever that ends, it is known what came so far. */
export class AnswerUse {
  /** As upstream names it; undefined until an account was asked. */
  modelId: string | undefined;
  /** As upstream reported them; undefined: it reported none. */
  credits: number | undefined;
  private hasBegun = false;
  private readonly measured: { -readonly [K in keyof TokenUse]?: TokenUse[K] } = {};

  learnt(measurement: Measurement): void {
    const { measured } = this;
    if (measurement.firstEventMs !== undefined) this.hasBegun = true;
    this.credits = measurement.credits ?? this.credits;
    measured.input = measurement.inputTokens ?? measured.input;
    measured.output = measurement.outputTokens ?? measured.output;
    measured.cacheRead = measurement.cacheReadTokens ?? measured.cacheRead;
    measured.cacheWrite = measurement.cacheWriteTokens ?? measured.cacheWrite;
  }

  /** Whether upstream told, or we counted, anything of its tokens. */
  get isMeasured(): boolean {
    return this.measured.input !== undefined || this.measured.output !== undefined;
  }

  /**
   * Tokens that count. What an answer had that told nothing is what was expected of it; so is the input of a request
   * whose client left before it was answered: upstream reads it all the same.
   */
  tokens(expected: TokenUse, isCancelled: boolean): TokenUse {
    const { input, output, cacheRead = 0, cacheWrite = 0 } = this.measured;
    if (this.modelId === undefined) return NO_TOKENS;
    if (this.isMeasured) return { input: input ?? 0, output: output ?? 0, cacheRead, cacheWrite };
    if (this.hasBegun) return expected;
    return isCancelled ? { ...expected, output: 0 } : NO_TOKENS;
  }
}

export const NO_TOKENS: TokenUse = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 };

export function sumOf({ input, output, cacheRead, cacheWrite }: TokenUse): number {
  return input + output + cacheRead + cacheWrite;
}
