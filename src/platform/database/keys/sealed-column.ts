import type { DataSource } from 'typeorm';
import { KEY_ID_LENGTH, type SealedContent } from '../../encryption/root-key.js';
import { type SealedProperty, sealedPropertiesOf } from '../../encryption/sealed.js';

/** A row by its primary key: values in the order of the key's columns. */
export type RowId = readonly string[];

/** A row whose value another key encrypted. */
export interface OutdatedRow {
  id: RowId;
  /** Of the value. */
  bytes: number;
}

export interface SealedValue {
  id: RowId;
  value: string;
}

export interface Replacement extends SealedValue {
  /** What is there now, else nothing is written. */
  before: string;
}

/** One encrypted column of the database. */
export class SealedColumn {
  private constructor(
    private readonly dataSource: DataSource,
    private readonly table: string,
    private readonly idColumns: readonly { property: string; name: string }[],
    private readonly column: string,
    private readonly sealed: SealedProperty,
  ) {}

  /** All of them: the columns of entities that are marked `@Sealed`. */
  static allOf(dataSource: DataSource): SealedColumn[] {
    return dataSource.entityMetadatas.flatMap(({ target, tableName, primaryColumns, columns }) =>
      sealedPropertiesOf(target).map((sealed) => {
        const column = columns.find(({ propertyName }) => propertyName === sealed.property);
        if (!column) throw new Error(`${sealed.property} of ${tableName} is marked as encrypted, but is no column`);
        const idColumns = primaryColumns.map(({ propertyName, databaseName }) => ({
          property: propertyName,
          name: databaseName,
        }));
        return new SealedColumn(dataSource, tableName, idColumns, column.databaseName, sealed);
      }),
    );
  }

  get name(): string {
    return `${this.table}.${this.column}`;
  }

  get content(): SealedContent {
    return this.sealed.content;
  }

  ownerOf(id: RowId): string {
    return this.sealed.ownerOf(
      Object.fromEntries(this.idColumns.map(({ property }, index) => [property, id[index] ?? ''])),
    );
  }

  /** How many values each key encrypted. */
  async countByKey(): Promise<Map<string, number>> {
    const rows: { key_id: string; count: number | string }[] = await this.dataSource.query(
      `SELECT substr(${this.column}, 1, ${KEY_ID_LENGTH}) AS key_id, COUNT(*) AS count FROM ${this.table}
        WHERE ${this.column} IS NOT NULL GROUP BY 1`,
    );
    return new Map(rows.map(({ key_id, count }) => [key_id, Number(count)]));
  }

  /**
   * Some of the rows whose value is not encrypted with this key, in the order of their ids.
   * @param after the last one of those before
   */
  async outdated(keyId: string, after: RowId | undefined, most: number): Promise<OutdatedRow[]> {
    const parameters = new Parameters(this.isPostgres);
    const ids = this.ids();
    const isOutdated = `substr(${this.column}, 1, ${KEY_ID_LENGTH + 1}) <> ${parameters.add(`${keyId}.`)}`;
    const follows = after ? `AND (${ids}) > (${after.map((value) => parameters.add(value)).join(', ')})` : '';
    const rows: Record<string, string | number>[] = await this.dataSource.query(
      `SELECT ${ids}, octet_length(${this.column}) AS value_bytes FROM ${this.table}
        WHERE ${isOutdated} ${follows} ORDER BY ${ids} LIMIT ${parameters.add(most)}`,
      parameters.values,
    );
    return rows.map((row) => ({ id: this.idOf(row), bytes: Number(row.value_bytes) }));
  }

  /** The values of those of the rows that are still there. */
  async read(ids: readonly RowId[]): Promise<SealedValue[]> {
    const parameters = new Parameters(this.isPostgres);
    const rows: Record<string, string>[] = await this.dataSource.query(
      `SELECT ${this.ids()}, ${this.column} AS sealed_value FROM ${this.table}
        WHERE ${this.column} IS NOT NULL AND (${this.ids()}) IN (VALUES ${ids.map((id) => parameters.row(id)).join(', ')})`,
      parameters.values,
    );
    return rows.map((row) => ({ id: this.idOf(row), value: row.sealed_value ?? '' }));
  }

  /**
   * Writes, in one statement, those of the values whose row still has what was there before. On Postgres rows that
   * somebody else is writing are left out: nobody ever waits in a circle.
   * @returns how many were written
   */
  async replace(replacements: readonly Replacement[]): Promise<number> {
    const parameters = new Parameters(this.isPostgres);
    const given = replacements.map(({ id, before, value }) => parameters.row([...id, before, value])).join(', ');
    const givenIds = this.idColumns.map((_, index) => `id_${index}`);
    const isSame = (rows: string) =>
      [
        ...this.idColumns.map(({ name }, index) => `${this.table}.${name} = ${rows}.id_${index}`),
        `${this.table}.${this.column} = ${rows}.before`,
      ].join(' AND ');
    const free = this.isPostgres
      ? `, free AS (SELECT given.* FROM given JOIN ${this.table} ON ${isSame('given')}
          FOR NO KEY UPDATE OF ${this.table} SKIP LOCKED)`
      : '';
    const source = this.isPostgres ? 'free' : 'given';
    const runner = this.dataSource.createQueryRunner();
    try {
      const { records } = await runner.query(
        `WITH given (${givenIds.join(', ')}, before, after) AS (VALUES ${given}) ${free}
          UPDATE ${this.table} SET ${this.column} = ${source}.after FROM ${source} WHERE ${isSame(source)}
          RETURNING ${this.table}.${this.idColumns[0]?.name}`,
        parameters.values,
        true,
      );
      return records.length;
    } finally {
      await runner.release();
    }
  }

  private get isPostgres(): boolean {
    return this.dataSource.options.type === 'postgres';
  }

  private ids(): string {
    return this.idColumns.map(({ name }) => name).join(', ');
  }

  private idOf(row: Readonly<Record<string, unknown>>): RowId {
    return this.idColumns.map(({ name }) => String(row[name]));
  }
}

/** Values of a statement, and the places where they stand in it. */
class Parameters {
  readonly values: (string | number)[] = [];

  constructor(private readonly isPostgres: boolean) {}

  add(value: string | number): string {
    this.values.push(value);
    return `${this.isPostgres ? '$' : '?'}${this.values.length}`;
  }

  row(values: readonly string[]): string {
    return `(${values.map((value) => this.add(value)).join(', ')})`;
  }
}
