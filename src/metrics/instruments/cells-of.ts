/** Something for each name of a closed list: a series that is there from the start, with 0, as `rate()` needs it. */
export function cellsOf<Name extends string, C>(names: readonly Name[], make: (name: Name) => C): Record<Name, C> {
  const cells = new Map(names.map((name) => [name, make(name)]));
  return Object.fromEntries(cells) as Record<Name, C>;
}
