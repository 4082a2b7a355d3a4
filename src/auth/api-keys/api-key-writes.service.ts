import { Injectable } from '@nestjs/common';
import type { AuditEvent } from '../../audit/audit-event.js';
import { AuditLog } from '../../audit/audit-log.service.js';
import { ActiveApiKeys } from './active-api-keys.service.js';
import { KeyLookUps } from './key-look-ups.service.js';

/** What follows each write to a key: every replica goes by it at once, and it is audited. */
@Injectable()
export class ApiKeyWrites {
  constructor(
    private readonly lookUps: KeyLookUps,
    private readonly activeKeys: ActiveApiKeys,
    private readonly audit: AuditLog,
  ) {}

  /** @throws when it can't be audited; what was written is in use all the same */
  async done(event: AuditEvent & { target: string }): Promise<void> {
    this.lookUps.changed(event.target);
    await Promise.all([this.audit.record(event), this.activeKeys.refresh()]);
  }
}
