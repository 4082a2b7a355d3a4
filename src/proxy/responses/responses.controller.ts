import { Body, Controller, Get, HttpCode, Post, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { Caller } from '../../auth/access/caller.decorator.js';
import type { Identity } from '../../auth/access/identity.js';
import { Public } from '../../auth/access/public.decorator.js';
import { Scope } from '../../auth/access/scope.decorator.js';
import { GatewayError } from '../../core/errors.js';
import { compactRequest } from '../../core/protocols/openai-responses/compact-request.js';
import { compactedResponse } from '../../core/protocols/openai-responses/compacted-response.js';
import { FinalResponse } from '../../core/protocols/openai-responses/final-response.js';
import { NO_WEBSOCKET, UPGRADE_REQUIRED } from '../../core/protocols/openai-responses/refuse-websocket.js';
import { ResponsesStreamCodec } from '../../core/protocols/openai-responses/responses-stream-codec.js';
import { ReplyService } from '../reply/reply.service.js';
import { ResponsesConversations } from './responses-conversations.service.js';
import { wantsWebSocket } from './wants-websocket.js';

/** Makes OpenAI Responses (openai.md §6, §7); without `/v1` too. */
@Controller(['v1/responses', 'responses'])
@Scope('inference')
export class ResponsesController {
  constructor(
    private readonly conversations: ResponsesConversations,
    private readonly reply: ReplyService,
  ) {}

  @Post()
  @HttpCode(200)
  async create(
    @Body() body: unknown,
    @Caller() caller: Identity,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const { stream, events, answer, flow } = await this.conversations.begin(body, caller, request, response);
    if (stream) {
      await this.reply.stream(events, response, new ResponsesStreamCodec(answer), flow);
      return;
    }
    const final = new FinalResponse();
    await this.reply.body(
      events,
      response,
      (event) => final.push(event),
      () => final.response,
    );
  }

  /** A conversation made shorter, as JSON only. */
  @Post('compact')
  @HttpCode(200)
  async compact(
    @Body() body: unknown,
    @Caller() caller: Identity,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const { events, conversation } = await this.conversations.begin(compactRequest(body), caller, request, response);
    const final = new FinalResponse();
    await this.reply.body(
      events,
      response,
      (event) => final.push(event),
      () => final.response && compactedResponse(final.response, conversation),
    );
  }

  /** Open to everybody: Codex tries a WebSocket first, and a 401 would cost it seven attempts (openai.md §1.3). */
  @Get()
  @Public()
  refuse(@Req() request: Request, @Res() response: Response): void {
    if (wantsWebSocket(request.headers)) {
      response.status(UPGRADE_REQUIRED).json(NO_WEBSOCKET);
      return;
    }
    response.setHeader('allow', 'POST');
    throw new GatewayError('method_not_allowed', 'Responses are created with POST.');
  }
}
