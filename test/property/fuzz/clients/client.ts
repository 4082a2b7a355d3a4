import type { Chance } from '../chance.js';
import type { Format } from '../formats/format.js';

/** A client of one protocol, on sockets. */
export interface Client {
  name: string;
  /** Its bodies and their types. */
  format: Format;
  /** Where bodies are sent; the first one answers questions. */
  paths: readonly string[];
  headers(chance: Chance): Record<string, string>;
  /** A good question that says these words, in one of its forms. */
  question(words: string, chance: Chance): object;
  /** Paths that look something up, under names that nobody gave. */
  lookUp?(chance: Chance): { method: string; path: string };
  /**
   * Reads an answer to its end.
   * @param sent the body it answers
   * @returns in a word what it was
   * @throws when it is none that a client could make sense of
   */
  endOf(response: Response, sent: string): Promise<string>;
}
