import { Injectable } from '@nestjs/common';
import type { AuditEventEntity } from './audit-event.entity.js';
import { type AuditFilter, type AuditPosition, AuditSearchRepository } from './audit-search.repository.js';

/** Reads what was recorded. */
@Injectable()
export class AuditSearch {
  constructor(private readonly repository: AuditSearchRepository) {}

  /**
   * The newest first, those after `position` only.
   * @param filter with an action such as `account.*`, all that begin with `account.`
   */
  async find(filter: AuditFilter, position: AuditPosition | undefined, limit: number): Promise<AuditEventEntity[]> {
    const { action } = filter;
    if (!action?.endsWith('.*')) return this.repository.find(filter, position, limit);
    // A page of each, read by its index: as one question, a database may sort a million rows.
    const beginning = action.slice(0, -1);
    const found: AuditEventEntity[] = [];
    for (const each of await this.repository.actions()) {
      if (!each.startsWith(beginning)) continue;
      found.push(...(await this.repository.find({ ...filter, action: each }, position, limit)));
    }
    return found.sort((one, other) => +other.at - +one.at || other.sequence - one.sequence).slice(0, limit);
  }
}
