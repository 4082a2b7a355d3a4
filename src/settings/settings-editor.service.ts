import { Injectable } from '@nestjs/common';
import type { Actor } from '../audit/audit-event.js';
import { AuditLog } from '../audit/audit-log.service.js';
import { isConditional, matchesRevision } from '../auth/input/if-match.js';
import { GatewayError } from '../core/errors.js';
import { Clock } from '../platform/clock.js';
import { changedFields, detailsOf, type FieldChanges } from './field-changes.js';
import { rightFields } from './field-rules.js';
import { LiveSettings } from './live-settings.service.js';
import { SettingsRepository } from './settings.repository.js';
import { SettingsReader } from './settings-reader.service.js';

/** Two administrators at once are likely, ten in a row that are each quicker are not. */
const MOST_TRIES = 10;

/** Who changes settings, and what they know of them. */
export interface SettingsEdit {
  actor: Actor;
  /** The `If-Match` of the request. */
  ifMatch?: string;
}

/** Changes settings as an administrator says. */
@Injectable()
export class SettingsEditor {
  constructor(
    private readonly repository: SettingsRepository,
    private readonly reader: SettingsReader,
    private readonly live: LiveSettings,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /**
   * Changes these, and takes those that are null back to the environment's. In use here when this resolves, and told to
   * the other replicas. What is as wanted already is no change: nothing is written then.
   * @throws GatewayError `precondition_failed` when they are not at the revision that `ifMatch` names
   */
  async update(wanted: FieldChanges, { actor, ifMatch }: SettingsEdit): Promise<void> {
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const stored = await this.repository.read();
      if (!matchesRevision(ifMatch, stored.revision)) throw changedSinceRead();
      const fields = changedFields(stored.fields, wanted);
      if (!fields) return;
      if (await this.repository.write(fields, new Date(this.clock.now()), stored.revision)) {
        const details = detailsOf(rightFields(stored.fields), rightFields(fields), this.live.environment);
        return this.written({ actor, details });
      }
      if (isConditional(ifMatch)) throw changedSinceRead();
    }
    throw new GatewayError('conflict', 'The settings are being changed by others all the time: try again');
  }

  private async written({ actor, details }: { actor: Actor; details: Record<string, unknown> }): Promise<void> {
    try {
      await this.audit.record({ actor, action: 'settings.update', details });
    } finally {
      this.reader.tell();
      await this.reader.refresh();
    }
  }
}

function changedSinceRead(): GatewayError {
  return new GatewayError('precondition_failed', 'The settings were changed since they were read: read them again');
}
