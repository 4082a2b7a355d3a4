import type { ServerResponse } from 'node:http';
import { Injectable } from '@nestjs/common';
import type { Observable } from 'rxjs';
import { toGatewayError } from '../../core/errors.js';
import type { Flow } from '../../core/messages/flow.js';
import { MessageFold } from '../../core/messages/fold.js';
import type { Message, MessagesEvent } from '../../core/messages/vocabulary.js';
import { noteFacts } from '../../platform/logging/request-context.js';
import { InternalErrors } from '../internal-errors.service.js';
import { AnswerRunner } from './answer-runner.js';
import type { StreamCodec } from './stream-codec.js';
import { StreamTimes } from './stream-times.js';
import { StreamWriter } from './stream-writer.js';

/** Answers a client with what the events say: as a stream, or folded into one JSON body. */
@Injectable()
export class ReplyService {
  constructor(
    private readonly runner: AnswerRunner,
    private readonly times: StreamTimes,
    private readonly internalErrors: InternalErrors,
  ) {}

  /** @throws GatewayError when the answer failed before its first event; a later failure is told in the stream */
  async stream<E>(events: Observable<E>, response: ServerResponse, codec: StreamCodec<E>, flow: Flow): Promise<void> {
    const writer = new StreamWriter(response, codec, flow, this.times);
    try {
      const end = await this.runner.run(events, response, (event) => writer.event(event));
      if (end === 'success') writer.end();
    } catch (thrown) {
      const error = toGatewayError(thrown);
      if (!writer.hasBegun) throw error;
      this.internalErrors.report(error);
      noteFacts({ streamError: error.kind, failureClass: error.failure?.class, failureReason: error.failure?.reason });
      writer.fail(error);
    } finally {
      writer.dispose();
    }
  }

  /** @throws GatewayError when the answer failed */
  async json(
    events: Observable<MessagesEvent>,
    response: ServerResponse,
    encode: (message: Message) => unknown,
  ): Promise<void> {
    const fold = new MessageFold();
    await this.body(
      events,
      response,
      (event) => fold.push(event),
      () => {
        const message = fold.result();
        return message && encode(message);
      },
    );
  }

  /**
   * One JSON body out of the events of any protocol.
   * @param result what was made of them when they are over; undefined: nothing, as when the client went
   * @throws GatewayError when the answer failed
   */
  async body<E>(
    events: Observable<E>,
    response: ServerResponse,
    push: (event: E) => void,
    result: () => unknown,
  ): Promise<void> {
    const end = await this.runner.run(events, response, push);
    const body = end === 'cancelled' ? undefined : result();
    if (body === undefined) return;
    // Headers set, not written: node then sends them with the body, its length known, as one write.
    response.statusCode = 200;
    response.setHeader('content-type', 'application/json');
    response.setTimeout(this.times.stall, () => response.destroy());
    response.end(JSON.stringify(body));
  }
}
