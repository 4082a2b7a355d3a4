import type { IncomingHttpHeaders } from 'node:http';
import type { Observer } from 'rxjs';
import type { Dispatcher } from 'undici';
import { GatewayError, toGatewayError } from '../../core/errors.js';
import type { Flow } from '../../core/messages/flow.js';
import type { MessagesEvent } from '../../core/messages/vocabulary.js';
import { connectionFailure } from '../../core/pool/connection-failure.js';
import type { AnswerDecoder } from '../../core/protocols/amazon-q/answer-decoder.js';
import { classifyFailure } from '../../core/protocols/amazon-q/classify-failure.js';
import { type Frame, FrameError } from '../../core/protocols/aws-event-stream/frame.js';
import { FrameDecoder } from '../../core/protocols/aws-event-stream/frame-decoder.js';
import { requestContext } from '../../platform/logging/request-context.js';
import { parseRetryAfter } from '../../platform/network/retry-after.js';
import type { NoteEvent } from '../event-log.service.js';
import { lostAnswer, tooLate } from '../lost-answer.js';

/** Bytes of an error answer, which is a short JSON text; the rest of a longer one is not waited for. */
export const LONGEST_ERROR_BODY = 64 * 1024;

/** An answer that is no stream, as far as it was read. */
interface Refusal {
  status: number;
  headers: IncomingHttpHeaders;
  chunks: Buffer[];
  length: number;
}

/**
 * The bytes of one answer become events of one subscriber. Works on undici's own callbacks instead of a stream: no
 * buffer of its own, and the socket can be held back and aborted from here.
 */
export class AnswerHandler implements Dispatcher.DispatchHandler {
  private readonly frames = new FrameDecoder();
  /** A pooled socket calls back in the context of whoever opened it; the end of an answer belongs into its own. */
  private readonly context = requestContext.getStore();
  private controller: Dispatcher.DispatchController | undefined;
  private refusal: Refusal | undefined;
  private done = false;
  /** Runs from the start: undici's own clock does not while a call waits for a free connection. */
  private timer: NodeJS.Timeout;

  /**
   * @param call `firstByteMs`: what the answer has to begin within, and the whole of an error answer to come within;
   * `note`: told of each event
   */
  constructor(
    private readonly subscriber: Observer<MessagesEvent>,
    private readonly decoder: AnswerDecoder,
    private readonly flow: Flow,
    private readonly call: { firstByteMs: number; note?: NoteEvent },
  ) {
    this.timer = setTimeout(() => this.fail(tooLate()), call.firstByteMs);
  }

  /** Ends the call, wherever it stands; nothing happens after it ended by itself. */
  abort(): void {
    if (this.done) return;
    this.done = true;
    clearTimeout(this.timer);
    this.controller?.abort(new Error('the answer is no longer wanted'));
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    if (this.done) controller.abort(new Error('the answer is no longer wanted'));
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    if (status < 200) return;
    clearTimeout(this.timer);
    if (status !== 200) this.beginRefusal(status, headers);
    this.flow.attach(controller);
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.done) return;
    if (this.refusal) {
      this.readRefusal(this.refusal, chunk);
      return;
    }
    try {
      for (const frame of this.frames.push(chunk)) {
        this.call.note?.(nameOf(frame), frame.payload.length);
        for (const event of this.decoder.push(frame)) this.subscriber.next(event);
        if (this.done) return;
      }
    } catch (thrown) {
      this.fail(thrown);
    }
  }

  onResponseEnd(): void {
    if (this.done) return;
    if (this.refusal) {
      this.fail(refused(this.refusal));
      return;
    }
    try {
      this.frames.end();
      for (const event of this.decoder.end()) this.subscriber.next(event);
    } catch (thrown) {
      this.fail(thrown);
      return;
    }
    this.done = true;
    this.inContext(() => this.subscriber.complete());
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (!this.done) this.fail(lostAnswer(error));
  }

  /** Its status tells most: what is not there in time is not waited for, however steadily it drips. */
  private beginRefusal(status: number, headers: IncomingHttpHeaders): void {
    const refusal: Refusal = { status, headers, chunks: [], length: 0 };
    this.refusal = refusal;
    this.timer = setTimeout(() => this.fail(refused(refusal)), this.call.firstByteMs);
  }

  private readRefusal(refusal: Refusal, chunk: Buffer): void {
    refusal.chunks.push(chunk);
    refusal.length += chunk.length;
    if (refusal.length >= LONGEST_ERROR_BODY) this.fail(refused(refusal));
  }

  private fail(thrown: unknown): void {
    this.inContext(() => this.subscriber.error(readable(thrown)));
    this.abort();
  }

  private inContext(work: () => void): void {
    if (this.context) requestContext.run(this.context, work);
    else work();
  }
}

function nameOf({ headers }: Frame): unknown {
  return headers[':event-type'] ?? headers[':exception-type'] ?? headers[':error-code'];
}

function refused({ status, headers, chunks }: Refusal): GatewayError {
  const type = headers['x-amzn-errortype'];
  return classifyFailure({
    status,
    // Decoded as one: a character may lie across two reads.
    body: Buffer.concat(chunks).toString('utf8'),
    type: typeof type === 'string' ? type : undefined,
    retryAfter: parseRetryAfter(headers['retry-after'], Date.now()),
  });
}

function readable(thrown: unknown): GatewayError {
  if (!(thrown instanceof FrameError)) return toGatewayError(thrown);
  const message =
    thrown.type === 'truncated'
      ? 'The connection to the service broke off.'
      : `The service sent an invalid answer: ${thrown.message}.`;
  return connectionFailure(message, thrown);
}
