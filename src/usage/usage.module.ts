import { Module } from '@nestjs/common';
import { UsageLedger } from './ledger/usage-ledger.service.js';

/** What was used, by whom, and what it cost. */
@Module({ providers: [UsageLedger], exports: [UsageLedger] })
export class UsageModule {}
