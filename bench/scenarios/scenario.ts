import type { Answer } from '../../simulator/simulator.js';

/** One kind of traffic: what the client asks, what the service answers, what the client must get. */
export interface Scenario {
  name: string;
  /** Body of `POST /v1/messages`. */
  request: MessagesBody;
  answer: Answer;
  /** Everything the service sends, for the direct call and the pass-through. */
  answerBytes: Buffer;
  /** The texts of the answer, one per event. */
  texts: readonly string[];
}

export interface MessagesBody {
  model: string;
  max_tokens: number;
  stream: boolean;
  messages: { role: 'user' | 'assistant'; content: string }[];
  system?: { type: 'text'; text: string }[];
  tools?: { name: string; description: string; input_schema: object }[];
}
