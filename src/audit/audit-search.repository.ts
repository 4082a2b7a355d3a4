import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type Repository } from 'typeorm';
import { AuditEventEntity } from './audit-event.entity.js';

/** Fields of an event that are asked for to the letter. */
export const EXACT_FILTERS = ['actor', 'keyId', 'address', 'action', 'target', 'outcome', 'requestId'] as const;

/** Which events are asked for; what is undefined is not asked for. */
export type AuditFilter = Readonly<Partial<Record<(typeof EXACT_FILTERS)[number], string>>> & {
  /** This and later. */
  readonly from?: Date;
  /** Earlier than this. */
  readonly to?: Date;
};

/** What a `Date` can be, in epoch milliseconds: another time somebody else wrote, and a page could not be shown. */
const LATEST = 8.64e15;

/** Where a page ended. */
export interface AuditPosition {
  at: Date;
  sequence: number;
}

/** One after the other by the index: some dozens of names in a million rows. */
const ACTIONS = `WITH RECURSIVE names(action) AS (
  SELECT min(action) FROM audit_events
  UNION ALL
  SELECT (SELECT min(later.action) FROM audit_events later WHERE later.action > names.action) FROM names WHERE names.action IS NOT NULL
) SELECT action FROM names WHERE action IS NOT NULL`;

/** What was recorded, for those who read it. */
@Injectable()
export class AuditSearchRepository {
  private readonly rows: Repository<AuditEventEntity>;

  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {
    this.rows = dataSource.getRepository(AuditEventEntity);
  }

  /** The newest first, those after `position` only. */
  find(filter: AuditFilter, position: AuditPosition | undefined, limit: number): Promise<AuditEventEntity[]> {
    const query = this.rows.createQueryBuilder('event');
    query.where('event.at BETWEEN :earliest AND :latest', rangeOf(filter, position));
    for (const name of EXACT_FILTERS) {
      if (filter[name] !== undefined) query.andWhere(`event.${name} = :${name}`, { [name]: filter[name] });
    }
    if (position) {
      query.andWhere('(event.at < :at OR event.sequence < :sequence)', {
        at: position.at.getTime(),
        sequence: position.sequence,
      });
    }
    return query.orderBy('event.at', 'DESC').addOrderBy('event.sequence', 'DESC').limit(limit).getMany();
  }

  /** Every action there is an event of. */
  async actions(): Promise<string[]> {
    const found: { action: string }[] = await this.dataSource.query(ACTIONS);
    return found.map(({ action }) => action);
  }
}

/**
 * In epoch milliseconds, both inclusive. One condition: SQLite goes by the first of several, and would read all pages
 * before this one.
 */
function rangeOf({ from, to }: AuditFilter, position: AuditPosition | undefined) {
  return {
    earliest: from?.getTime() ?? -LATEST,
    latest: Math.min(LATEST, to ? to.getTime() - 1 : LATEST, position?.at.getTime() ?? LATEST),
  };
}
