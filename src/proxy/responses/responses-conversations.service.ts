import { Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import { catchError, type Observable, throwError } from 'rxjs';
import type { Identity } from '../../auth/access/identity.js';
import { toGatewayError } from '../../core/errors.js';
import { Flow } from '../../core/messages/flow.js';
import type { MessagesEvent, MessagesRequest } from '../../core/messages/vocabulary.js';
import { inClientTerms } from '../../core/protocols/openai/in-client-terms.js';
import { checkResponsesRequest } from '../../core/protocols/openai-responses/check-request.js';
import { decodeResponsesRequest } from '../../core/protocols/openai-responses/decode-request.js';
import { ignoredFieldsOf } from '../../core/protocols/openai-responses/ignored-fields.js';
import { ResponseEvents } from '../../core/protocols/openai-responses/response-events.js';
import type { ResponseStreamEvent } from '../../core/protocols/openai-responses/response-stream-event.js';
import type { Item, ResponsesRequest } from '../../core/protocols/openai-responses/responses-request.js';
import { Metrics } from '../../metrics/metrics.service.js';
import { Clock } from '../../platform/clock.js';
import { currentRequestId } from '../../platform/logging/request-context.js';
import { Admission } from '../admission/admission.service.js';
import { ConversationIdentities } from '../conversation-identities.service.js';
import { MeteredConversations } from '../metered-conversations.js';
import { askShortened } from './ask-shortened.js';
import { ResponseStore } from './response-store.service.js';
import { spellResponse } from './spell-response.js';
import { storeItems } from './store-items.js';

type Answer = Observable<MessagesEvent>;
type Ask = (request: MessagesRequest) => Answer;

/** A response on its way. */
export interface RunningResponse {
  readonly stream: boolean;
  /** Cold: subscribing asks, unsubscribing leaves upstream. Errors are GatewayErrors, in the client's terms. */
  readonly events: Observable<ResponseStreamEvent>;
  readonly answer: ResponseEvents;
  readonly flow: Flow;
  /** What it answers to, oldest first. */
  readonly conversation: readonly Item[];
}

/** The Responses API on Messages conversations: what the store knows is added, what is made is put there. */
@Injectable()
export class ResponsesConversations {
  constructor(
    private readonly admission: Admission,
    private readonly conversations: MeteredConversations,
    private readonly identities: ConversationIdentities,
    private readonly store: ResponseStore,
    private readonly metrics: Metrics,
    private readonly clock: Clock,
  ) {}

  /** @throws GatewayError for a request that is wrong, or that builds on what is not stored */
  async begin(body: unknown, caller: Identity, request: Request, response: Response): Promise<RunningResponse> {
    const wire = checkResponsesRequest(body);
    this.metrics.requestIgnored(ignoredFieldsOf(wire.fields), []);
    this.admission.checkModel(wire.model, caller);
    const found = await this.store.find(caller.keyId, wire.previousResponseId, wire.referencedIds);
    const decoded = decodeResponsesRequest(wire, found);
    const use = await this.admission.admit(
      { model: decoded.request.model, request: () => decoded.request },
      request,
      response,
    );
    const seed = (currentRequestId() ?? '').replace('req_', '');
    const id = `resp_${seed}`;
    const answer = new ResponseEvents({ ...decoded, id, createdAt: this.now(), now: () => this.now() });
    const flow = new Flow();
    const conversation = {
      ...this.identities.of(decoded.request, request, decoded.cacheKey),
      messageId: `msg_${seed}`,
      flow,
    };
    const events = asked(decoded, (each) =>
      this.conversations.converse({ ...conversation, request: each }, response, use),
    );
    const recorder = decoded.store ? this.store.recorder(caller.keyId, decoded) : undefined;
    return {
      stream: decoded.stream,
      events: events.pipe(spellResponse(answer), storeItems(recorder, flow)),
      answer,
      flow,
      conversation: [...found.previous, ...decoded.newItems],
    };
  }

  private now(): number {
    return Math.floor(this.clock.now() / 1000);
  }
}

/** @param converse asks upstream */
function asked({ request, stream, places, truncation, isCompaction }: ResponsesRequest, converse: Ask): Answer {
  const ask: Ask = (each) =>
    converse(each).pipe(
      catchError((thrown) => throwError(() => inClientTerms(toGatewayError(thrown), each, places, 'input'))),
    );
  const first = { ...request, stream };
  // A summary is the way out of a conversation that is too long: it is made of what fits.
  return truncation === 'auto' || isCompaction ? askShortened(first, ask) : ask(first);
}
