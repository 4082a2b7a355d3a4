import type { Accounts } from './accounts.js';
import type { Responder } from './answer.js';
import type { AnswerQueue } from './answers/answer-queue.js';
import type { Records } from './records.js';
import type { SignIn } from './sign-in/sign-in.js';

/** What the parts of one running simulator share. */
export interface SimulatorState {
  readonly now: () => number;
  readonly accounts: Accounts;
  readonly signIn: SignIn;
  readonly answers: AnswerQueue;
  readonly records: Records;
  /** Whether request bodies are checked. */
  readonly checks: boolean;
  /** Whether requests are kept. */
  readonly recordRequests: boolean;
  responder: Responder | undefined;
  openStreams: number;
}
