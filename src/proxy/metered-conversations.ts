import type { ServerResponse } from 'node:http';
import { Injectable, Logger } from '@nestjs/common';
import { concatMap, defer, isObservable, type Observable } from 'rxjs';
import type { MessagesEvent } from '../core/messages/vocabulary.js';
import { Clock } from '../platform/clock.js';
import { LineBudget } from '../platform/logging/line-budget.js';
import { requestContext } from '../platform/logging/request-context.js';
import type { AnswerUse } from './admission/answer-use.js';
import { checkOrder } from './check-order.js';
import { Content } from './content/content.service.js';
import type { Conversation, OnAccount } from './conversation.js';
import { EmulatedConversations } from './emulation/emulated-conversations.service.js';
import { meter } from './meter.js';
import { RoundsUse } from './rounds-use.js';
import { tellAccount } from './tell-account.js';
import { TokenCounter } from './tokens/token-counter.service.js';

/** The conversation flow with what the outside learns of it: headers on the answer, figures in the log line. */
@Injectable()
export class MeteredConversations {
  private readonly logger = new Logger('Conversations');
  private readonly lines = new LineBudget();

  constructor(
    private readonly content: Content,
    private readonly conversations: EmulatedConversations,
    private readonly tokens: TokenCounter,
    private readonly clock: Clock,
  ) {}

  /** @param use where to note what the answer uses */
  converse(
    conversation: Omit<Conversation, 'onAccount' | 'onRound'>,
    response: ServerResponse,
    use: AnswerUse,
  ): Observable<MessagesEvent> {
    const { model } = conversation.request;
    const tell = tellAccount(response);
    let modelId = model;
    const onAccount: OnAccount = (accountId, attempts, upstreamModel) => {
      modelId = upstreamModel;
      use.modelId = upstreamModel;
      tell(accountId, attempts, upstreamModel);
    };
    // Events come in the context of upstream's socket: the facts of this request are taken along.
    const { requestId, startedAt = this.clock.now(), facts = {} } = requestContext.getStore() ?? {};
    const rounds = new RoundsUse();
    const tokenScale = () => this.tokens.scale({ id: modelId });
    const metered = meter({
      elapsed: () => this.clock.now() - startedAt,
      tokenScale,
      soFar: () => rounds.soFar(tokenScale()),
      record: (learnt) => {
        Object.assign(facts, learnt);
        use.learnt(learnt);
      },
    });
    const ordered = checkOrder((violation) => {
      const line = this.lines.take();
      const msg = `An answer is broken off, its events are out of order: ${violation}`;
      if (line) this.logger.error({ ...line, msg, requestId });
    });
    return this.prepared({ ...conversation, onAccount, onRound: (event) => rounds.take(event) }).pipe(metered, ordered);
  }

  private prepared(conversation: Conversation): Observable<MessagesEvent> {
    return defer(() => {
      const prepared = this.content.prepare(conversation.request);
      return isObservable(prepared)
        ? prepared.pipe(concatMap((request) => this.conversations.converse({ ...conversation, request })))
        : this.conversations.converse({ ...conversation, request: prepared });
    });
  }
}
