import type { Observable } from 'rxjs';
import { Flow } from '../../src/core/messages/flow.js';
import type { MessagesEvent, MessagesRequest } from '../../src/core/messages/vocabulary.js';
import { thinkingDisplay } from '../../src/core/protocols/amazon-q/thinking-display.js';
import type { Conversation } from '../../src/proxy/conversation.js';
import type { ConversationService } from '../../src/proxy/conversation.service.js';
import { EmulatedConversations } from '../../src/proxy/emulation/emulated-conversations.service.js';
import { limitOutput } from '../../src/proxy/emulation/limit-output.js';
import type { TokenCounter } from '../../src/proxy/tokens/token-counter.service.js';
import type { Step } from './generate/answers.js';
import { putTools } from './generate/put-tools.js';
import { bytesOf, collect, type ReadAnswer, readAnswer } from './read-answer.js';
import { askService, type Binding, describeService, encodeFor, isAboutSize } from './send-request.js';

/** The flow below emulations, without sockets: each question is held against the service's checks, and answered. */
export class Questions {
  asked = 0;

  constructor(
    private readonly answers: readonly Step[][],
    private readonly binding: Binding,
  ) {}

  converse({ request }: Pick<Conversation, 'request'>): Observable<MessagesEvent> {
    const verdict = askService(request, this.binding);
    if (verdict.by === 'service' && !isAboutSize(verdict.error)) throw new Error(describeService(verdict.error));
    const { toolNames, model } = encodeFor(request, this.binding);
    const offered = (request.tools ?? []).map((tool) => ('name' in tool ? toolNames.encode(String(tool.name)) : ''));
    const steps = putTools(this.answers[this.asked] ?? [], offered, this.asked);
    this.asked += 1;
    return readAnswer([bytesOf(steps)], thinkingDisplay(request), toolNames).pipe(limitOutput(request, model, 1));
  }
}

/** The answer to a request, whatever rounds it takes. */
export function answerInRounds(request: MessagesRequest, questions: Questions): ReadAnswer {
  const tokens = { count: () => 1 } as Partial<TokenCounter> as TokenCounter;
  const conversations = new EmulatedConversations(
    questions as Partial<ConversationService> as ConversationService,
    tokens,
  );
  const ignored = { onAccount: () => undefined, onRound: () => undefined };
  const conversation = { conversationId: 'c', messageId: 'msg_1', flow: new Flow(), ...ignored };
  return collect(conversations.converse({ ...conversation, request }));
}
