import { Controller, Get, Header, Query, UsePipes } from '@nestjs/common';
import { Scope } from '../../auth/access/scope.decorator.js';
import { InputValidationPipe } from '../../auth/input/input-validation.pipe.js';
import { Clock } from '../../platform/clock.js';
import type { UsageSummaryDto } from './dto/usage-summary.dto.js';
import { UsageSummaryQueryDto } from './dto/usage-summary-query.dto.js';
import { summaryQueryOf } from './summary-query.js';
import { UsageSummaries } from './usage-summaries.service.js';

/** `/v2/usage/summary` (contract §4). */
@Controller('v2/usage/summary')
@Scope('admin')
@UsePipes(InputValidationPipe)
export class UsageSummaryController {
  constructor(
    private readonly summaries: UsageSummaries,
    private readonly clock: Clock,
  ) {}

  /** Sums up what requests took, over all of a time or by hour or day. */
  @Get()
  @Header('cache-control', 'no-store')
  summary(@Query() query: UsageSummaryQueryDto): Promise<UsageSummaryDto> {
    return this.summaries.summarise(summaryQueryOf(query, this.clock.now()));
  }
}
