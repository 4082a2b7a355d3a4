import { Controller, Header, HttpCode, HttpStatus, Param, Post } from '@nestjs/common';
import { ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../../audit/audit-event.js';
import { Acting } from '../../auth/access/acting.decorator.js';
import { Scope } from '../../auth/access/scope.decorator.js';
import { AccountProbesDto, ProbedAccountDto } from './dto/probe.dto.js';
import { ProbeRequests } from './probe-requests.service.js';

/** `/v2/accounts/…/probe` (contract §4). */
@ApiTags('Accounts')
@Controller('v2/accounts')
@Scope('admin')
export class ProbesController {
  constructor(private readonly requests: ProbeRequests) {}

  /** Sends a real, minimal request through every enabled account, four at a time; asked again meanwhile, once. */
  @Post('probe')
  @HttpCode(HttpStatus.OK)
  @Header('cache-control', 'no-store')
  @ApiResponse({ status: 200, type: AccountProbesDto })
  probeAll(@Acting() actor: Actor): Promise<AccountProbesDto> {
    return this.requests.probeAll(actor);
  }

  /** Sends a real, minimal request through the account, whatever its status; an answer brings it back into use. */
  @Post(':id/probe')
  @HttpCode(HttpStatus.OK)
  @Header('cache-control', 'no-store')
  @ApiResponse({ status: 200, type: ProbedAccountDto })
  probe(@Param('id') id: string, @Acting() actor: Actor): Promise<ProbedAccountDto> {
    return this.requests.probe(id, actor);
  }
}
