/** Those of a list that are kept, seen one after the other: the list itself, without a copy, for as long as all are. */
export class Kept<Item> {
  private copy?: Item[];
  private count = 0;

  constructor(private readonly from: readonly Item[]) {}

  keep(item: Item): void {
    if (this.copy) this.copy[this.count] = item;
    this.count++;
  }

  drop(): void {
    // Whole: cut once in the end it costs less than one that grows.
    this.copy ??= this.from.slice();
  }

  /** Another that kept the same so far. */
  fork(): Kept<Item> {
    const fork = new Kept(this.from);
    fork.copy = this.copy?.slice();
    fork.count = this.count;
    return fork;
  }

  /** To be asked when the last one was seen. */
  end(): readonly Item[] {
    if (!this.copy) return this.from;
    this.copy.length = this.count;
    return this.copy;
  }
}
