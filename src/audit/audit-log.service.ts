import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/clock.js';
import { currentRequestId } from '../platform/logging/request-context.js';
import { AuditRepository } from './audit.repository.js';
import type { AuditEventEntity } from './audit-event.entity.js';
import type { AuditEvent } from './audit-event.js';

/** Longest JSON of an event's details; more of them are left out. */
const LONGEST_DETAILS = 4_000;

/** Who did what to which account, key or setting, and from where (contract §4). */
@Injectable()
export class AuditLog {
  constructor(
    private readonly repository: AuditRepository,
    private readonly clock: Clock,
  ) {}

  /** @throws when it can't be stored: what has to be audited must not happen unseen */
  async record(event: AuditEvent): Promise<void> {
    await this.repository.insert([this.rowOf(event)]);
  }

  /**
   * The same for some hundreds of events, in one statement.
   * @throws when they can't be stored; none of them is then
   */
  async recordAll(events: readonly AuditEvent[]): Promise<void> {
    if (events.length > 0) await this.repository.insert(events.map((event) => this.rowOf(event)));
  }

  private rowOf({ actor, action, target, outcome = 'success', details }: AuditEvent): AuditEventEntity {
    const text = details && JSON.stringify(details);
    return {
      id: randomUUID(),
      at: new Date(this.clock.now()),
      actor: actor.name,
      keyId: actor.keyId ?? null,
      address: actor.address ?? null,
      action,
      target: target ?? null,
      outcome,
      details: text === undefined || text.length > LONGEST_DETAILS ? null : text,
      requestId: currentRequestId() ?? null,
    };
  }
}
