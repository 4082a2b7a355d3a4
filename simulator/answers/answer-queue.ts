import type { Answer } from '../answer.js';

const queueLimit = 100_000;

/** Answers waiting to be given once each, for one account or for whoever asks next. */
export class AnswerQueue {
  readonly #byAccount = new Map<string, Answer[]>();
  #forAnyone: Answer[] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  add(answers: readonly Answer[], accountId?: string): void {
    if (this.#length + answers.length > queueLimit) {
      throw new RangeError(`at most ${queueLimit} answers can wait`);
    }
    this.#length += answers.length;
    if (accountId === undefined) {
      this.#forAnyone.push(...answers);
    } else {
      this.#byAccount.set(accountId, [...(this.#byAccount.get(accountId) ?? []), ...answers]);
    }
  }

  /** The account's own answers come before those for anyone. */
  next(accountId: string): Answer | undefined {
    if (this.#length === 0) {
      return undefined;
    }
    const own = this.#byAccount.get(accountId);
    const answer = own?.shift() ?? this.#forAnyone.shift();
    if (answer) {
      this.#length -= 1;
    }
    if (own?.length === 0) {
      this.#byAccount.delete(accountId);
    }
    return answer;
  }

  clear(): void {
    this.#byAccount.clear();
    this.#forAnyone = [];
    this.#length = 0;
  }
}
