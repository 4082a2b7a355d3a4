import { Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { Caller } from '../auth/access/caller.decorator.js';
import type { Identity } from '../auth/access/identity.js';
import { Scope } from '../auth/access/scope.decorator.js';
import { Flow } from '../core/messages/flow.js';
import { AnthropicStreamCodec } from '../core/protocols/anthropic/anthropic-stream-codec.js';
import { betasOf } from '../core/protocols/anthropic/betas.js';
import { decodeRequest } from '../core/protocols/anthropic/decode-request.js';
import { answerExtrasOf, encodeMessage } from '../core/protocols/anthropic/encode-message.js';
import { ignoredFieldsOf } from '../core/protocols/anthropic/ignored-fields.js';
import { Metrics } from '../metrics/metrics.service.js';
import { currentRequestId } from '../platform/logging/request-context.js';
import { Admission } from './admission/admission.service.js';
import { AnswerUse } from './admission/answer-use.js';
import { apiHeadersOf } from './api-headers.js';
import { ConversationIdentities } from './conversation-identities.service.js';
import { decodedOf } from './decoded-request.js';
import { MeteredConversations } from './metered-conversations.js';
import { ReplyService } from './reply/reply.service.js';
import { requestedModelOf } from './requested-model.js';
import { PassThrough } from './verbatim/pass-through.service.js';

/** Anthropic Messages; without `/v1` too (contract §10.11). */
@Controller(['v1/messages', 'messages'])
@Scope('inference')
export class MessagesController {
  constructor(
    private readonly admission: Admission,
    private readonly passThrough: PassThrough,
    private readonly identities: ConversationIdentities,
    private readonly conversations: MeteredConversations,
    private readonly reply: ReplyService,
    private readonly metrics: Metrics,
  ) {}

  @Post()
  @HttpCode(200)
  async create(@Req() request: Request, @Res() response: Response, @Caller() caller: Identity): Promise<void> {
    const model = requestedModelOf(request);
    this.admission.checkOtherModels(request, caller);
    // Without one the request is refused below, and costs nothing.
    const admitted =
      model === undefined
        ? new AnswerUse()
        : this.admission.admit({ model, request: () => decodedOf(request) }, request, response);
    const use = admitted instanceof Promise ? await admitted : admitted;
    const identity = this.identities.of(request.body, request);
    const attempts = await this.passThrough.answer(request, response, identity.routing, use);
    if (!attempts) return;
    const apiHeaders = apiHeadersOf(request);
    const messagesRequest = decodeRequest(request.body, apiHeaders.version);
    this.metrics.requestIgnored(ignoredFieldsOf(messagesRequest), betasOf(apiHeaders.betas));
    const extras = answerExtrasOf(messagesRequest);
    const requestId = currentRequestId() ?? '';
    const flow = new Flow();
    const events = this.conversations.converse(
      {
        ...identity,
        request: messagesRequest,
        messageId: requestId.replace('req_', 'msg_'),
        flow,
        apiHeaders,
        attempts,
      },
      response,
      use,
    );
    if (messagesRequest.stream) {
      await this.reply.stream(events, response, new AnthropicStreamCodec(requestId, extras), flow);
    } else {
      await this.reply.json(events, response, (message) => encodeMessage(message, extras));
    }
  }
}
