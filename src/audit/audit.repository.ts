import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type Repository } from 'typeorm';
import { AuditEventEntity } from './audit-event.entity.js';

@Injectable()
export class AuditRepository {
  private readonly rows: Repository<AuditEventEntity>;

  constructor(@Inject(DataSource) dataSource: DataSource) {
    this.rows = dataSource.getRepository(AuditEventEntity);
  }

  /** All in one statement. */
  async insert(events: readonly AuditEventEntity[]): Promise<void> {
    await this.rows.insert([...events]);
  }
}
