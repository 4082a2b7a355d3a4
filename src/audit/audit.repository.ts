import { Inject, Injectable } from '@nestjs/common';
import { DataSource, In, LessThan, type Repository } from 'typeorm';
import { AuditEndEntity } from './audit-end.entity.js';
import { AuditEventEntity } from './audit-event.entity.js';

/** The chain as it is stored. Single statements only: SQLite has one connection for everybody. */
@Injectable()
export class AuditRepository {
  private readonly rows: Repository<AuditEventEntity>;
  private readonly ends: Repository<AuditEndEntity>;

  constructor(@Inject(DataSource) dataSource: DataSource) {
    this.rows = dataSource.getRepository(AuditEventEntity);
    this.ends = dataSource.getRepository(AuditEndEntity);
  }

  /** All in one statement. @throws also when a sequence is taken */
  async insert(entries: readonly AuditEventEntity[]): Promise<void> {
    await this.rows
      .createQueryBuilder()
      .insert()
      .values([...entries])
      .updateEntity(false)
      .execute();
  }

  /** Of these ids, those that are stored. */
  stored(ids: readonly string[]): Promise<AuditEventEntity[]> {
    return this.rows.findBy({ id: In(ids) });
  }

  /** The entry of the highest sequence; undefined when the chain has none. */
  async last(): Promise<AuditEventEntity | undefined> {
    const [last] = await this.rows.find({ order: { sequence: 'DESC' }, take: 1 });
    return last && last.sequence >= 1 ? last : undefined;
  }

  /** Entries of the chain in their order, those after this place. More than one of a sequence only when somebody else wrote. */
  readAfter({ sequence, id }: { sequence: number; id: string }, limit: number): Promise<AuditEventEntity[]> {
    return this.rows
      .createQueryBuilder('event')
      .where('event.sequence >= :sequence AND (event.sequence > :sequence OR event.id > :id)', { sequence, id })
      .orderBy('event.sequence')
      .addOrderBy('event.id')
      .limit(limit)
      .getMany();
  }

  /** Entries from before the chain. */
  countBefore(): Promise<number> {
    return this.rows.countBy({ sequence: LessThan(1) });
  }

  /** Entries of the chain, as the database counts them. */
  async count(): Promise<number> {
    return (await this.rows.count()) - (await this.countBefore());
  }

  readEnds(): Promise<AuditEndEntity[]> {
    return this.ends.find();
  }

  /** All in one statement. @throws when they are there */
  async insertEnds(ends: readonly AuditEndEntity[]): Promise<void> {
    await this.ends.insert([...ends]);
  }

  /** Moves an end forward; one that is further already stays. */
  async moveEnd({ name, ...end }: AuditEndEntity): Promise<void> {
    await this.ends.update({ name, sequence: LessThan(end.sequence) }, end);
  }

  /** @returns how many were deleted, of the entries of the chain below this one */
  async deleteBelow(sequence: number, from: number): Promise<number> {
    const { affected } = await this.rows
      .createQueryBuilder()
      .delete()
      .where('sequence >= :from AND sequence < :sequence', { from, sequence })
      .execute();
    return affected ?? 0;
  }

  /** @returns how many were deleted, of the entries from before the chain that are older */
  async deleteBefore(at: Date, limit: number): Promise<number> {
    const oldest = await this.rows
      .createQueryBuilder('event')
      .select(['event.id'])
      .where('event.sequence < 1 AND event.at < :at', { at: at.getTime() })
      .orderBy('event.sequence')
      .limit(limit)
      .getMany();
    if (oldest.length > 0) await this.rows.delete(oldest.map(({ id }) => id));
    return oldest.length;
  }
}
