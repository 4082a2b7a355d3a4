import { Inject, Injectable } from '@nestjs/common';
import { DataSource, In, type Repository } from 'typeorm';
import { SubjectEntity } from './subject.entity.js';
import type { Subject } from './subject.js';

const COLUMNS = ['id', 'standing', 'version', 'told_at'];

/** What webhooks were told of, by subject. One statement each. */
@Injectable()
export class SubjectRepository {
  private readonly rows: Repository<SubjectEntity>;

  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {
    this.rows = dataSource.getRepository(SubjectEntity);
  }

  async list(): Promise<Map<string, Subject>> {
    const rows = await this.rows.find();
    return new Map(rows.map((row) => [row.id, row]));
  }

  /** Where somebody else wrote the same version or a later one, that stands. */
  async write(subjects: readonly Subject[]): Promise<void> {
    if (subjects.length === 0) return;
    const sign = this.dataSource.options.type === 'postgres' ? '$' : '?';
    const values = subjects.flatMap(({ id, standing, version, toldAt }) => [
      id,
      standing,
      version,
      JSON.stringify(toldAt),
    ]);
    const rows = subjects.map((_, row) => `(${COLUMNS.map((_name, at) => `${sign}${row * COLUMNS.length + at + 1}`)})`);
    await this.dataSource.query(
      `INSERT INTO webhook_subjects (${COLUMNS}) VALUES ${rows}
        ON CONFLICT (id) DO UPDATE SET standing = excluded.standing, version = excluded.version, told_at = excluded.told_at
        WHERE webhook_subjects.version < excluded.version`,
      values,
    );
  }

  async delete(ids: readonly string[]): Promise<void> {
    if (ids.length > 0) await this.rows.delete({ id: In([...ids]) });
  }
}
