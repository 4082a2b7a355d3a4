/** An object of unknown shape; never a list. */
export type UnknownRecord = Readonly<Record<string, unknown>>;

export function isRecord(value: unknown): value is UnknownRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The fields of an entry, in camelCase or snake_case. Null and empty text count as absent: some tools write them. */
export class Fields {
  constructor(private readonly record: UnknownRecord) {}

  /** The first of these names that has a value; only what the entry itself holds. */
  value(...names: readonly string[]): unknown {
    for (const name of names) {
      for (const spelling of [name, snakeCase(name)]) {
        if (!Object.hasOwn(this.record, spelling)) continue;
        const value = this.record[spelling];
        if (value !== null && value !== undefined && value !== '') return value;
      }
    }
    return undefined;
  }

  has(...names: readonly string[]): boolean {
    return this.value(...names) !== undefined;
  }

  /** Undefined too when it is something else than text. */
  text(...names: readonly string[]): string | undefined {
    const value = this.value(...names);
    return typeof value === 'string' ? value : undefined;
  }
}

function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
