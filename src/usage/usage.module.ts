import { Module } from '@nestjs/common';
import { UsageLedger } from './ledger/usage-ledger.service.js';
import { UsageRecordRepository } from './ledger/usage-record.repository.js';
import { PricesController } from './prices/prices.controller.js';
import { Prices } from './prices/prices.service.js';
import { RequestExport } from './requests/request-export.service.js';
import { RequestSearchRepository } from './requests/request-search.repository.js';
import { RequestSearch } from './requests/request-search.service.js';
import { UsageRequestsController } from './requests/usage-requests.controller.js';
import { LateRows } from './rollups/late-rows.service.js';
import { RollUpJob } from './rollups/roll-up.job.js';
import { RollUp } from './rollups/roll-up.service.js';
import { UsagePeriodRepository } from './rollups/usage-period.repository.js';
import { UsageRetention } from './rollups/usage-retention.service.js';
import { UsageSumRepository } from './rollups/usage-sum.repository.js';
import { UsageSums } from './rollups/usage-sums.service.js';
import { MemberNames } from './summary/member-names.repository.js';
import { UsageSummaries } from './summary/usage-summaries.service.js';
import { UsageSummaryController } from './summary/usage-summary.controller.js';

/** What was used, by whom, and what it cost. */
@Module({
  controllers: [PricesController, UsageSummaryController, UsageRequestsController],
  providers: [
    UsageLedger,
    UsageRecordRepository,
    Prices,
    LateRows,
    RollUpJob,
    RollUp,
    UsagePeriodRepository,
    UsageRetention,
    UsageSumRepository,
    UsageSums,
    MemberNames,
    UsageSummaries,
    RequestSearchRepository,
    RequestSearch,
    RequestExport,
  ],
  exports: [UsageLedger, Prices],
})
export class UsageModule {}
