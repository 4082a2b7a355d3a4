import { Controller, Get, Header, Query, UsePipes } from '@nestjs/common';
import type { AuditPosition } from '../../audit/audit-search.repository.js';
import { AuditSearch } from '../../audit/audit-search.service.js';
import { Scope } from '../access/scope.decorator.js';
import { InputValidationPipe, invalidInput } from '../input/input-validation.pipe.js';
import { cutPage, positionOf } from '../input/page.js';
import { type AuditPageDto, encodeAuditEvent } from './dto/audit-event.dto.js';
import { AuditQueryDto } from './dto/audit-query.dto.js';

/** `/v2/audit` (contract §4). */
@Controller('v2/audit')
@Scope('admin')
@UsePipes(InputValidationPipe)
export class AuditController {
  constructor(private readonly search: AuditSearch) {}

  /** Lists who did what to which account, key or setting, and from where: the newest first, a page at a time. */
  @Get()
  @Header('cache-control', 'no-store')
  async list(@Query() { limit, cursor, from, to, ...exact }: AuditQueryDto): Promise<AuditPageDto> {
    const times = {
      from: from === undefined ? undefined : new Date(from),
      to: to === undefined ? undefined : new Date(to),
    };
    if (times.from && times.to && times.from >= times.to)
      throw invalidInput([{ path: 'to', message: 'to must be later than from' }]);
    const events = await this.search.find({ ...exact, ...times }, placeOf(cursor), limit + 1);
    const { items, nextCursor } = cutPage(
      events.map((event) => ({ createdAt: event.at, id: String(event.sequence), event })),
      limit,
    );
    return { data: items.map(({ event }) => encodeAuditEvent(event)), nextCursor };
  }
}

/** @throws GatewayError when it is no cursor of this list */
function placeOf(cursor: string | undefined): AuditPosition | undefined {
  const position = positionOf(cursor);
  if (!position) return undefined;
  if (!/^-?\d{1,15}$/.test(position.id)) positionOf('');
  return { at: position.createdAt, sequence: Number(position.id) };
}
