import { Injectable } from '@nestjs/common';
import { from, type Observable, tap } from 'rxjs';
import { toGatewayError } from '../../core/errors.js';
import { JsonRounds } from '../../core/messages/emulations/json-rounds.js';
import { localAnswer } from '../../core/messages/emulations/local-answer.js';
import { planEmulation } from '../../core/messages/emulations/plan-emulation.js';
import { ToolRounds } from '../../core/messages/emulations/tool-rounds.js';
import type { MessagesEvent, MessagesRequest } from '../../core/messages/vocabulary.js';
import { requestContext } from '../../platform/logging/request-context.js';
import type { Conversation } from '../conversation.js';
import { ConversationService } from '../conversation.service.js';
import { TokenCounter } from '../tokens/token-counter.service.js';
import { type Ask, inRounds } from './in-rounds.js';

/** What upstream can't do and a second question to it can: forced tools, strict inputs, JSON of a schema. */
@Injectable()
export class EmulatedConversations {
  constructor(
    private readonly conversations: ConversationService,
    private readonly tokens: TokenCounter,
  ) {}

  /**
   * Cold, like the conversation it wraps. A request that needs no model is answered here, without an account.
   * @throws GatewayError `invalid_request` for what can't be emulated
   */
  converse(conversation: Conversation): Observable<MessagesEvent> {
    const answer = localAnswer(conversation.request);
    if (answer) return from(answer(this.beginning(conversation)));

    const { request, tools, format } = planEmulation(conversation.request);
    const ask = this.conversations.converse(
      request === conversation.request ? conversation : { ...conversation, request, original: conversation.request },
    );
    if (!tools && !format) return ask;
    const askAgain = this.askAgain(conversation);
    const first = ask.pipe(tap(conversation.onRound));
    const withTools = tools ? inRounds(() => new ToolRounds(tools, request), first, askAgain) : first;
    return format ? inRounds(() => new JsonRounds(format, request), withTools, askAgain) : withTools;
  }

  private beginning({ request, messageId }: Conversation) {
    return { messageId, requestedModel: request.model, estimatedInputTokens: this.tokens.count(request) };
  }

  /**
   * Further rounds belong to the same answer: what is told of its account stays with the first. The client never hears
   * of one that fails, so the log line does.
   */
  private askAgain(conversation: Conversation): Ask {
    const facts = requestContext.getStore()?.facts;
    let rounds = 1;
    return (request: MessagesRequest) => {
      rounds += 1;
      if (facts) facts.rounds = rounds;
      const failed = (thrown: unknown) => {
        if (facts) facts.roundError = toGatewayError(thrown).kind;
      };
      return this.conversations
        .converse({ ...conversation, request, attempts: undefined, onAccount: () => undefined })
        .pipe(tap({ next: conversation.onRound, error: failed }));
    };
  }
}
