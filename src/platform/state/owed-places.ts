/** Over so many, the rest is free by itself when its time is over. */
const MOST_OWED = 10_000;

/** Places that could not be given back when they were left. */
export class OwedPlaces {
  /** By the place's id, what it is a place of. */
  private readonly names = new Map<string, string>();

  get size(): number {
    return this.names.size;
  }

  add(name: string, ids: Iterable<string>): void {
    for (const id of ids) if (this.names.size < MOST_OWED) this.names.set(id, name);
  }

  /** Those there were, by what they are places of; none are left. */
  takeAll(): Map<string, string[]> {
    const ids = Map.groupBy(this.names.keys(), (id) => this.names.get(id) ?? '');
    this.names.clear();
    return ids;
  }
}
