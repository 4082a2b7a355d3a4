import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type Repository } from 'typeorm';
import { SettingsEntity } from './settings.entity.js';

/** What an administrator changed, as it is stored. */
export interface StoredSettings {
  /** Path of a setting → its value; of another version of the service there may be more, and others. */
  fields: Readonly<Record<string, unknown>>;
  revision: number;
  /** Undefined: nobody changed anything yet. */
  updatedAt: Date | undefined;
}

const LIVE = 'live';

@Injectable()
export class SettingsRepository {
  private readonly rows: Repository<SettingsEntity>;

  constructor(@Inject(DataSource) dataSource: DataSource) {
    this.rows = dataSource.getRepository(SettingsEntity);
  }

  /** @throws when the row is gone or is no JSON: somebody else wrote to the table */
  async read(): Promise<StoredSettings> {
    const { document, revision, updatedAt } = await this.rows.findOneByOrFail({ name: LIVE });
    return { fields: JSON.parse(document), revision, updatedAt: updatedAt ?? undefined };
  }

  /** @returns false when they are not at that revision any more; nothing is written then */
  async write(fields: StoredSettings['fields'], updatedAt: Date, ifRevision: number): Promise<boolean> {
    const { affected } = await this.rows.update(
      { name: LIVE, revision: ifRevision },
      { document: JSON.stringify(fields), revision: ifRevision + 1, updatedAt },
    );
    return affected === 1;
  }
}
