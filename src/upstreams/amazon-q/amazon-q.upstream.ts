import { Injectable } from '@nestjs/common';
import { Observable } from 'rxjs';
import type { Flow } from '../../core/messages/flow.js';
import type { MessagesEvent, MessagesRequest } from '../../core/messages/vocabulary.js';
import type { UpstreamModel } from '../../core/models/upstream-model.js';
import type { RequestChange } from '../../core/pool/failure.js';
import { AnswerDecoder } from '../../core/protocols/amazon-q/answer-decoder.js';
import { AGENT_MODE, encodeRequest } from '../../core/protocols/amazon-q/encode-request.js';
import { thinkingDisplay } from '../../core/protocols/amazon-q/thinking-display.js';
import type { ApiHeaders } from '../../core/protocols/anthropic-upstream/relay.js';
import { Configuration } from '../../platform/config/configuration.js';
import { EventLog } from '../event-log.service.js';
import { UpstreamHttp } from '../upstream-http.js';
import { AnswerHandler } from './answer-handler.js';
import type { Surface } from './surface.js';
import { UsefulRetries } from './useful-retries.js';
import { USER_AGENT } from './user-agent.js';

/** One model call, free of any account. */
export interface ConverseCall {
  request: MessagesRequest;
  model: UpstreamModel;
  /** UUID; the same for all turns of one conversation where it can be told. */
  conversationId: string;
  /** Id of the answer: `msg_…`. */
  messageId: string;
  flow: Flow;
  /** What `message_start` says, until upstream tells the true number. */
  estimatedInputTokens: number;
  /** Tokens of this model for one of our own count (`core/messages/count-tokens.ts`). */
  tokenScale: number;
  /** What upstream refused of this request before, and is left out or sent otherwise now. */
  changes: ReadonlySet<RequestChange>;
  /** The request as it was before it was changed for an upstream that can't do all it asks for. */
  original?: MessagesRequest;
  /** Of a client that speaks the Messages API itself. */
  apiHeaders?: ApiHeaders;
}

const TARGET = 'AmazonCodeWhispererStreamingService.GenerateAssistantResponse';

/** Talks to Amazon Q: Messages request in, Messages events out. */
@Injectable()
export class AmazonQUpstream {
  private readonly targets = new WeakMap<Surface, { origin: string; path: string }>();
  private readonly timeouts: { headersTimeout: number; bodyTimeout: number };

  constructor(
    private readonly http: UpstreamHttp,
    private readonly events: EventLog,
    { settings }: Configuration,
  ) {
    this.timeouts = {
      headersTimeout: settings.UPSTREAM_FIRST_BYTE_TIMEOUT * 1000,
      bodyTimeout: settings.UPSTREAM_IDLE_TIMEOUT * 1000,
    };
  }

  /**
   * One GenerateAssistantResponse (amazon-q.md §1–§4). Cold: subscribing sends, unsubscribing aborts the socket.
   * Errors are GatewayErrors, classified.
   * @param replayable signatures, and data of redacted thinking, in the request that the surface's account made
   */
  converse(
    surface: Surface,
    accessToken: string,
    call: ConverseCall,
    replayable: ReadonlySet<string>,
  ): Observable<MessagesEvent> {
    return new Observable((subscriber) => {
      const { request, model, conversationId, changes } = call;
      const { body, toolNames } = encodeRequest(request, { ...surface, model, conversationId, changes, replayable });
      const decoder = new AnswerDecoder({
        messageId: call.messageId,
        requestedModel: request.model,
        toolNames,
        thinking: thinkingDisplay(request),
        estimatedInputTokens: call.estimatedInputTokens,
        tokenScale: call.tokenScale,
        window: model.maxInputTokens,
      });
      const observer = new UsefulRetries(subscriber, body);
      const handler = new AnswerHandler(observer, decoder, call.flow, {
        firstByteMs: this.timeouts.headersTimeout,
        note: this.events.open(),
      });
      this.http.dispatcher.dispatch(
        {
          ...this.timeouts,
          ...this.targetOf(surface),
          method: 'POST',
          headers: headersOf(surface, accessToken),
          body: JSON.stringify(body),
        },
        handler,
      );
      return () => handler.abort();
    });
  }

  /** Where the operation is, worked out once per surface: parsing a URL for every call adds up. */
  private targetOf(surface: Surface): { origin: string; path: string } {
    let target = this.targets.get(surface);
    if (!target) {
      const { origin, pathname } = new URL(surface.apiEndpoint);
      const path = surface.binding === 'restJson1' ? `${pathname}generateAssistantResponse` : pathname;
      target = { origin, path };
      this.targets.set(surface, target);
    }
    return target;
  }
}

/** The headers of amazon-q.md §1.4 that say something; content is opted out of service improvement. */
function headersOf(surface: Surface, accessToken: string): Record<string, string> {
  const headers: Record<string, string> = {
    authorization: `Bearer ${accessToken}`,
    accept: 'application/vnd.amazon.eventstream',
    'user-agent': USER_AGENT,
    'x-amzn-codewhisperer-optout': 'true',
  };
  if (surface.binding === 'restJson1') {
    headers['content-type'] = 'application/json';
    headers['x-amzn-kiro-agent-mode'] = AGENT_MODE;
  } else {
    headers['content-type'] = 'application/x-amz-json-1.0';
    headers['x-amz-target'] = TARGET;
  }
  return headers;
}
