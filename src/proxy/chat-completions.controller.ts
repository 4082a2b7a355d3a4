import { Body, Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { catchError } from 'rxjs';
import { Scope } from '../auth/access/scope.decorator.js';
import { toGatewayError } from '../core/errors.js';
import { Flow } from '../core/messages/flow.js';
import { inClientTerms } from '../core/protocols/openai/in-client-terms.js';
import { ChatStreamCodec } from '../core/protocols/openai-chat/chat-stream-codec.js';
import { CompletionFold } from '../core/protocols/openai-chat/completion-fold.js';
import { completionHead } from '../core/protocols/openai-chat/completion-head.js';
import { decodeChatRequest } from '../core/protocols/openai-chat/decode-request.js';
import { ignoredFieldsOf } from '../core/protocols/openai-chat/ignored-fields.js';
import { Metrics } from '../metrics/metrics.service.js';
import { Clock } from '../platform/clock.js';
import { currentRequestId } from '../platform/logging/request-context.js';
import { Admission } from './admission/admission.service.js';
import { ConversationIdentities } from './conversation-identities.service.js';
import { MeteredConversations } from './metered-conversations.js';
import { ReplyService } from './reply/reply.service.js';

/** OpenAI Chat Completions; without `/v1` too: base URLs are glued by hand (openai.md §2). */
@Controller(['v1/chat/completions', 'chat/completions'])
@Scope('inference')
export class ChatCompletionsController {
  constructor(
    private readonly admission: Admission,
    private readonly conversations: MeteredConversations,
    private readonly identities: ConversationIdentities,
    private readonly reply: ReplyService,
    private readonly metrics: Metrics,
    private readonly clock: Clock,
  ) {}

  @Post()
  @HttpCode(200)
  async create(@Body() body: unknown, @Req() request: Request, @Res() response: Response): Promise<void> {
    const chat = decodeChatRequest(body);
    this.metrics.requestIgnored(ignoredFieldsOf(body as object), []);
    const asked = { model: chat.request.model, request: () => chat.request };
    const admitted = this.admission.admit(asked, request, response);
    const use = admitted instanceof Promise ? await admitted : admitted;
    const requestId = currentRequestId() ?? '';
    const head = completionHead(requestId, Math.floor(this.clock.now() / 1000), chat.request.model);
    const flow = new Flow();
    const events = this.conversations
      .converse(
        {
          ...this.identities.of(chat.request, request, chat.cacheKey),
          request: chat.request,
          messageId: requestId.replace('req_', 'msg_'),
          flow,
        },
        response,
        use,
      )
      .pipe(
        catchError((thrown) => {
          throw inClientTerms(toGatewayError(thrown), chat.request, chat.places, 'messages');
        }),
      );
    if (chat.stream) {
      await this.reply.stream(events, response, new ChatStreamCodec(head, chat), flow);
    } else {
      const fold = new CompletionFold(head, chat);
      await this.reply.body(
        events,
        response,
        (event) => fold.push(event),
        () => fold.completion,
      );
    }
  }
}
