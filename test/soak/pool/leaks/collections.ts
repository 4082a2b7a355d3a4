/** Steps from a service into what it holds. */
const DEEPEST = 6;
const MOST_LOOKED_INTO = 200_000;
/** Of a list or table whose entries are looked into as well: they are alike. */
const ENTRIES_LOOKED_INTO = 20;

/** Entries of every list, set and table that can be reached from these objects by their own fields, by path. */
export function sizesOf(roots: Iterable<[name: string, root: object]>): Map<string, number> {
  const sizes = new Map<string, number>();
  const seen = new Set<object>();
  const waiting: { path: string; value: object; depth: number }[] = [];
  for (const [name, root] of roots) waiting.push({ path: name, value: root, depth: 0 });
  for (let index = 0; index < waiting.length && index < MOST_LOOKED_INTO; index++) {
    const { path, value, depth } = waiting[index] as (typeof waiting)[number];
    if (seen.has(value)) continue;
    seen.add(value);
    const size = sizeOf(value);
    // Alike things under one path, such as the members of a table, count together.
    if (size !== undefined) sizes.set(path, (sizes.get(path) ?? 0) + size);
    if (depth >= DEEPEST) continue;
    for (const [name, inner] of partsOf(value)) {
      if (isLookedInto(inner)) waiting.push({ path: `${path}${name}`, value: inner, depth: depth + 1 });
    }
  }
  return sizes;
}

function sizeOf(value: object): number | undefined {
  if (value instanceof Map || value instanceof Set) return value.size;
  if (Array.isArray(value)) return value.length;
  if ('size' in value && typeof value.size === 'number') return value.size;
  return isPlain(value) ? Object.keys(value).length : undefined;
}

function* partsOf(value: object): Iterable<[name: string, inner: unknown]> {
  if (value instanceof Map || value instanceof Set || Array.isArray(value)) {
    let looked = 0;
    for (const inner of value.values()) {
      if (++looked > ENTRIES_LOOKED_INTO) return;
      yield ['[]', inner];
    }
    return;
  }
  for (const name of Object.keys(value)) {
    const property = Object.getOwnPropertyDescriptor(value, name);
    if (property && 'value' in property) yield [`.${name}`, property.value];
  }
}

function isLookedInto(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !ArrayBuffer.isView(value);
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
