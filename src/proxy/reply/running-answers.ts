/** A running answer, and the way to end it. */
export interface RunningAnswer {
  cut(): void;
  /** Its place in the list; -1 when it is in none. */
  place: number;
}

/**
 * The answers that run now. A list and not a Set: a Set that gains and loses members all the time leaves a trail of
 * tables behind, each pointing to the next, and the collector carries whole requests along it into the old
 * generation (a third of the service's time under load).
 */
export class RunningAnswers {
  private readonly answers: RunningAnswer[] = [];

  get size(): number {
    return this.answers.length;
  }

  add(answer: RunningAnswer): void {
    answer.place = this.answers.push(answer) - 1;
  }

  /** Whether it was there. The last one takes its place: order has no meaning here. */
  remove(answer: RunningAnswer): boolean {
    if (this.answers[answer.place] !== answer) return false;
    const last = this.answers.pop() as RunningAnswer;
    if (last !== answer) {
      this.answers[answer.place] = last;
      last.place = answer.place;
    }
    answer.place = -1;
    return true;
  }

  cutAll(): void {
    for (const answer of [...this.answers]) answer.cut();
  }
}
