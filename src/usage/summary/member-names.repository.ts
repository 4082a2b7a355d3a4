import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Dimension } from '../rollups/usage-sum.js';

/** Tables of other rooms, of which this one may know the accounts' not even by their class. */
const NAMES = { account: 'SELECT id, label AS name FROM accounts', apiKey: 'SELECT id, name FROM api_keys' };

/** What people call what requests are grouped by. */
@Injectable()
export class MemberNames {
  constructor(private readonly dataSource: DataSource) {}

  /** By id; what is gone has none. @param members at most some hundreds */
  async of(dimension: Dimension, members: readonly string[]): Promise<ReadonlyMap<string, string>> {
    if (dimension === 'model' || dimension === 'protocol') return new Map(members.map((member) => [member, member]));
    if (members.length === 0) return new Map();
    const places = members.map((_, index) => `$${index + 1}`).join(', ');
    const found: { id: string; name: string }[] = await this.dataSource.query(
      `${NAMES[dimension]} WHERE id IN (${places})`,
      [...members],
    );
    return new Map(found.map(({ id, name }) => [id, name]));
  }
}
