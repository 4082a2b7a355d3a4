import { Injectable } from '@nestjs/common';
import { DataSource, In, LessThan, type Repository } from 'typeorm';
import type { Amount } from '../../platform/state/allowance.js';
import { ApiKeySpendingEntity } from './api-key-spending.entity.js';

/** What requests of a key used that ended within a month. */
export interface Booking extends Amount {
  month: string;
  keyId: string;
  requests: number;
}

/** The totals of all replicas. One statement each. */
@Injectable()
export class SpendingRepository {
  private readonly rows: Repository<ApiKeySpendingEntity>;

  constructor(private readonly dataSource: DataSource) {
    this.rows = dataSource.getRepository(ApiKeySpendingEntity);
  }

  /** Adds to what is stored, whoever stored it. @param bookings some hundreds, each of another month or key */
  async add(bookings: readonly Booking[]): Promise<void> {
    // In one order everywhere: replicas that write at once wait for each other, and never in a circle.
    const sorted = bookings.toSorted((a, b) => compare(a.month, b.month) || compare(a.keyId, b.keyId));
    const values = sorted.flatMap(({ month, keyId, requests, tokens, cost }) => [month, keyId, requests, tokens, cost]);
    await this.dataSource.query(
      `INSERT INTO api_key_spending (month, key_id, requests, tokens, cost) VALUES ${this.places(sorted.length, 5)}
        ON CONFLICT (month, key_id) DO UPDATE SET
          requests = api_key_spending.requests + excluded.requests,
          tokens = api_key_spending.tokens + excluded.tokens,
          cost = api_key_spending.cost + excluded.cost`,
      values,
    );
  }

  /** By key; a key that spent nothing has none. */
  async totalsOf(month: string, keyIds: readonly string[]): Promise<Map<string, Amount>> {
    const found = await this.rows.findBy({ month, keyId: In([...keyIds]) });
    return new Map(found.map(({ keyId, tokens, cost }) => [keyId, { tokens, cost }]));
  }

  async deleteBefore(month: string): Promise<void> {
    await this.rows.delete({ month: LessThan(month) });
  }

  private places(rows: number, columns: number): string {
    const sign = this.dataSource.options.type === 'postgres' ? '$' : '?';
    const row = (index: number) =>
      `(${Array.from({ length: columns }, (_, column) => `${sign}${index * columns + column + 1}`).join(', ')})`;
    return Array.from({ length: rows }, (_, index) => row(index)).join(', ');
  }
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
