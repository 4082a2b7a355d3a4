/** Something that runs, and knows where it is in the list. */
export interface Running {
  /** Its place in the list; -1 when it is in none. */
  place: number;
}

/**
 * What runs now, in no order. A list and not a Set: a Set that gains and loses members all the time leaves a trail of
 * tables behind, each pointing to the next, and the collector carries whole requests along it into the old
 * generation (a third of the service's time under load).
 */
export class RunningList<T extends Running> implements Iterable<T> {
  private readonly members: T[] = [];

  get size(): number {
    return this.members.length;
  }

  add(member: T): void {
    member.place = this.members.push(member) - 1;
  }

  /** Whether it was there. The last one takes its place. */
  remove(member: T): boolean {
    if (this.members[member.place] !== member) return false;
    const last = this.members.pop() as T;
    if (last !== member) {
      this.members[member.place] = last;
      last.place = member.place;
    }
    member.place = -1;
    return true;
  }

  /** Those of this moment: they may leave meanwhile. */
  [Symbol.iterator](): Iterator<T> {
    return [...this.members].values();
  }
}
