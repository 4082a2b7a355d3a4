/** A valid question that is asked twice, for a stream and for JSON; both say the same. */
export interface Question {
  client: string;
  path: string;
  headers: Record<string, string>;
  /** @param mark stands in front of the instructions, so that the service finds it in the first turn */
  body(mark: string, stream: boolean): object;
  /**
   * Reads both answers to their ends.
   * @returns in a word what they were
   * @throws where they differ, or one of them is out of order
   */
  compare(streamed: Response, whole: Response): Promise<string>;
}

/** Limits on text are counted in tokens, and how a model counts is learnt on the way: only far limits stay the same. */
export const FAR_LIMIT = 64_000;
