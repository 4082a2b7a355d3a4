import { Controller, Get, Res } from '@nestjs/common';
import { ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { Scope } from '../../auth/access/scope.decorator.js';
import { EventStreams } from './event-streams.service.js';

const EXAMPLE = `event: ready
data: {"type":"ready"}

event: account.breaker
data: {"type":"account.breaker","accountId":"acc_1","from":"closed","to":"open","failures":5,"openUntil":"2026-11-20T12:05:00.000Z","reason":"transient","at":"2026-11-20T12:00:00.000Z"}
`;

/** `/v2/events` (contract §4). */
@ApiTags('Accounts')
@Controller('v2/events')
@Scope('admin')
export class EventsController {
  constructor(private readonly streams: EventStreams) {}

  /**
   * Tells of changes of accounts and their breakers as they happen, as server-sent events, from every replica. It begins
   * with `ready`: what is read after it is not older than the events. Ends after an hour; connect again then.
   */
  @Get()
  @ApiResponse({
    status: 200,
    description: 'Events until the client goes',
    content: { 'text/event-stream': { schema: { type: 'string' }, example: EXAMPLE } },
  })
  events(@Res() response: Response): void {
    if (response.req.method === 'HEAD') response.status(200).end();
    else this.streams.open(response);
  }
}
