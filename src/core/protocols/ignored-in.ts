/** Stands for every name that a client made up: a metric's label takes none of those. */
const OTHER_FIELD = 'other';

/** What a protocol says of the fields of its requests. */
export interface KnownFields {
  /** Nobody reads them, and they are counted by name. */
  readonly ignored: ReadonlySet<string>;
  /** Read somewhere, or refused when they say anything. */
  readonly used: ReadonlySet<string>;
}

/**
 * The request's own fields that are ignored, by name; those that are not known as one `other`.
 * @param inside names of ignored fields further in that are counted too
 */
export function ignoredIn(body: object, { ignored, used }: KnownFields, inside: readonly string[] = []): string[] {
  const found: string[] = [];
  const fields = body as Record<string, unknown>;
  let others = false;
  for (const field in fields) {
    if (fields[field] === null || used.has(field)) continue;
    if (ignored.has(field)) found.push(field);
    else others = true;
  }
  return [...found, ...inside, ...(others ? [OTHER_FIELD] : [])];
}
