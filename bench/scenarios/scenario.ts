import type { Answer } from '../../simulator/simulator.js';
import type { AnswerCheck } from '../load/answer-check.js';

/** One kind of traffic: what the client asks, what the service answers, what the client must get. */
export interface Scenario {
  name: string;
  /** Of the gateway. */
  path: string;
  /** Body that is posted to it. */
  request: { stream: boolean };
  /** The client's key has every limit, counted in memory; else it has none. */
  isLimited?: boolean;
  answer: Answer;
  /** Everything the service sends, for the direct call and the pass-through. */
  answerBytes: Buffer;
  /** That carry text. */
  events: number;
  /** Of what comes out of the gateway. */
  check: AnswerCheck;
}
