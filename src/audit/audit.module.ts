import { Global, Module } from '@nestjs/common';
import { AuditRepository } from './audit.repository.js';
import { AuditChain } from './audit-chain.service.js';
import { AuditLog } from './audit-log.service.js';
import { AuditRetention } from './audit-retention.job.js';
import { AuditSearchRepository } from './audit-search.repository.js';
import { AuditSearch } from './audit-search.service.js';

/** Who did what: the log, and reading it. Its route stands in `auth/audit`: who may read it is known there. */
@Global()
@Module({
  providers: [AuditRepository, AuditChain, AuditLog, AuditRetention, AuditSearchRepository, AuditSearch],
  exports: [AuditLog, AuditSearch],
})
export class AuditModule {}
