import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { Observable } from 'rxjs';
import type { MessagesEvent } from '../../core/messages/vocabulary.js';
import { connectionFailure } from '../../core/pool/connection-failure.js';
import { AnswerDecoder } from '../../core/protocols/anthropic-upstream/answer-decoder.js';
import { encodeRequest } from '../../core/protocols/anthropic-upstream/encode-request.js';
import {
  type ApiHeaders,
  RelayBody,
  type RelayEvent,
  type RelayRequest,
} from '../../core/protocols/anthropic-upstream/relay.js';
import { replaceModel } from '../../core/protocols/anthropic-upstream/replace-model.js';
import { Configuration } from '../../platform/config/configuration.js';
import type { ConverseCall } from '../amazon-q/amazon-q.upstream.js';
import { USER_AGENT } from '../amazon-q/user-agent.js';
import { EventLog } from '../event-log.service.js';
import { UpstreamHttp } from '../upstream-http.js';
import type { Endpoint } from './endpoint.js';
import { RelayHandler } from './relay-handler.js';

/** The API wants one; this is what every client of the last years sends. */
export const DEFAULT_VERSION = '2023-06-01';
const PATHS: Record<RelayRequest['operation'], string> = {
  messages: '/v1/messages',
  count_tokens: '/v1/messages/count_tokens',
};
const NO_HEADERS: ApiHeaders = { isBeta: false };

/** Talks to endpoints of the Messages API. Errors are GatewayErrors, classified. */
@Injectable()
export class AnthropicUpstream {
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
   * A client's request as it is, its answer as it is. Cold: subscribing sends, unsubscribing aborts the socket.
   * @param model another name for the model, where the endpoint has it under another one
   */
  relay(endpoint: Endpoint, key: string, request: RelayRequest, model?: string): Observable<RelayEvent> {
    return new Observable((subscriber) => {
      const { operation, headers, stream, flow } = request;
      const { bytes = Buffer.alloc(0) } = request.body;
      const body = model === undefined ? bytes : replaceModel(bytes, model);
      const call = {
        ...{ firstByteMs: this.timeouts.headersTimeout, isToCount: operation === 'count_tokens', key },
        note: this.events.open(),
      };
      const handler = new RelayHandler(subscriber, flow, call);
      this.http.dispatcher.dispatch(
        {
          ...this.timeouts,
          origin: endpoint.origin,
          path: endpoint.prefix + PATHS[operation] + (headers.isBeta ? '?beta=true' : ''),
          method: 'POST',
          headers: { ...headersOf(key, headers, stream), 'content-length': String(body.length) },
          body: once(body),
        },
        handler,
      );
      return () => handler.abort();
    });
  }

  /** A conversation for clients of any API. Cold: subscribing sends, unsubscribing aborts the socket. */
  converse(endpoint: Endpoint, key: string, call: ConverseCall): Observable<MessagesEvent> {
    return new Observable((subscriber) => {
      const { model, changes, original, apiHeaders } = call;
      // Once the endpoint refused a schema, the request that says it in words takes the place of the client's own.
      const request = changes.has('reduced-schemas') ? call.request : (original ?? call.request);
      const encoded = encodeRequest(request, { model, changes, isClients: apiHeaders !== undefined });
      const decoder = new AnswerDecoder({ ...call, requestedModel: call.request.model }, key);
      const events = this.relay(endpoint, key, {
        operation: 'messages',
        body: new RelayBody(Buffer.from(JSON.stringify(encoded))),
        stream: true,
        headers: apiHeaders ?? NO_HEADERS,
        flow: call.flow,
      });
      return events.subscribe({
        next: (event) => {
          try {
            if (event.type === 'head') checkStream(event.head.contentType);
            else for (const each of decoder.push(event.bytes)) subscriber.next(each);
          } catch (thrown) {
            subscriber.error(thrown);
          }
        },
        error: (error) => subscriber.error(error),
        complete: () => {
          try {
            for (const each of decoder.end()) subscriber.next(each);
            subscriber.complete();
          } catch (thrown) {
            subscriber.error(thrown);
          }
        },
      });
    });
  }
}

/** The key goes as `x-api-key` only, as the API has it; who asks is said honestly (contract §7). */
function headersOf(key: string, { version, betas }: ApiHeaders, stream: boolean): Record<string, string> {
  return {
    'x-api-key': key,
    'anthropic-version': version ?? DEFAULT_VERSION,
    ...(betas !== undefined && { 'anthropic-beta': betas }),
    'content-type': 'application/json',
    accept: stream ? 'text/event-stream' : 'application/json',
    // The bytes are the client's, who was not asked what it can decode.
    'accept-encoding': 'identity',
    'user-agent': USER_AGENT,
  };
}

/** Undici holds what it was given for as long as the answer lasts; this holds nothing any more once it was sent. */
function once(bytes: Buffer): Readable {
  let held: Buffer | undefined = bytes;
  const body = new Readable({
    read() {
      this.push(held);
      held = undefined;
      this.push(null);
    },
  });
  // It is destroyed with an answer that is no longer wanted.
  return body.on('error', () => undefined);
}

function checkStream(contentType: string): void {
  if (/^text\/event-stream\b/i.test(contentType)) return;
  throw connectionFailure('The service sent an invalid answer: it is no stream.');
}
