import type { IncomingHttpHeaders } from 'node:http';
import type { Observer } from 'rxjs';
import type { Dispatcher } from 'undici';
import { GatewayError } from '../../core/errors.js';
import type { Flow } from '../../core/messages/flow.js';
import { classifyFailure } from '../../core/protocols/anthropic-upstream/classify-failure.js';
import type { RelayEvent, RelayHead } from '../../core/protocols/anthropic-upstream/relay.js';
import { requestContext } from '../../platform/logging/request-context.js';
import { RefusedAddressError } from '../../platform/network/guarded-connector.js';
import { parseRetryAfter } from '../../platform/network/retry-after.js';
import type { NoteEvent } from '../event-log.service.js';
import { lostAnswer, tooLate } from '../lost-answer.js';

/** Bytes of an error answer, which is a short JSON text; the rest of a longer one is not waited for. */
export const LONGEST_ERROR_BODY = 64 * 1024;
/** Characters of an id in the log. */
const LONGEST_ID = 100;

/** An answer that is no message, as far as it was read. */
interface Refusal {
  status: number;
  headers: IncomingHttpHeaders;
  chunks: Buffer[];
  length: number;
}

/**
 * The bytes of one answer go to one subscriber as they come. Works on undici's own callbacks instead of a stream: no
 * buffer of its own, and the socket can be held back and aborted from here.
 */
export class RelayHandler implements Dispatcher.DispatchHandler {
  /** A pooled socket calls back in the context of whoever opened it; the end of an answer belongs into its own. */
  private readonly context = requestContext.getStore();
  private controller: Dispatcher.DispatchController | undefined;
  private refusal: Refusal | undefined;
  private done = false;
  /** Runs from the start: undici's own clock does not while a call waits for a free connection. */
  private timer: NodeJS.Timeout;

  /**
   * @param call `firstByteMs`: what the answer has to begin within, and the whole of an error answer to come within;
   * `isToCount`: whether a token count was asked for; `note`: told of each read, whose events nobody takes apart here
   */
  constructor(
    private readonly subscriber: Observer<RelayEvent>,
    private readonly flow: Flow,
    private readonly call: { firstByteMs: number; isToCount: boolean; key: string; note?: NoteEvent },
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
    if (status < 200 || this.done) return;
    clearTimeout(this.timer);
    if (status === 200) this.subscriber.next({ type: 'head', head: headOf(headers) });
    else this.beginRefusal(status, headers);
    this.flow.attach(controller);
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.done) return;
    this.call.note?.('bytes', chunk.length);
    if (this.refusal) this.readRefusal(this.refusal, chunk);
    else this.subscriber.next({ type: 'bytes', bytes: chunk });
  }

  onResponseEnd(): void {
    if (this.done) return;
    if (this.refusal) {
      this.fail(this.refused(this.refusal, true));
      return;
    }
    this.done = true;
    this.inContext(() => this.subscriber.complete());
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (this.done) return;
    this.fail(this.refusal ? this.refused(this.refusal, false) : lost(error));
  }

  /** Its status tells most: what is not there in time is not waited for, however steadily it drips. */
  private beginRefusal(status: number, headers: IncomingHttpHeaders): void {
    const refusal: Refusal = { status, headers, chunks: [], length: 0 };
    this.refusal = refusal;
    this.timer = setTimeout(() => this.fail(this.refused(refusal, false)), this.call.firstByteMs);
  }

  private readRefusal(refusal: Refusal, chunk: Buffer): void {
    refusal.chunks.push(chunk);
    refusal.length += chunk.length;
    if (refusal.length > LONGEST_ERROR_BODY) this.fail(this.refused(refusal, false));
  }

  private refused({ status, headers, chunks }: Refusal, isWhole: boolean): GatewayError {
    const isPlain = (headers['content-encoding'] ?? 'identity') === 'identity';
    return classifyFailure({
      status,
      contentType: headers['content-type'],
      body: isPlain ? Buffer.concat(chunks) : undefined,
      isWhole,
      retryAfter: parseRetryAfter(headers['retry-after'], Date.now()),
      isToCount: this.call.isToCount,
      secret: this.call.key,
    });
  }

  private fail(error: GatewayError): void {
    if (this.done) return;
    this.inContext(() => this.subscriber.error(error));
    this.abort();
  }

  private inContext(work: () => void): void {
    if (this.context) requestContext.run(this.context, work);
    else work();
  }
}

function headOf(headers: IncomingHttpHeaders): RelayHead {
  const one = (name: string) => [headers[name]].flat()[0];
  return {
    contentType: one('content-type') ?? '',
    contentLength: one('content-length'),
    contentEncoding: one('content-encoding'),
    requestId: one('request-id')?.slice(0, LONGEST_ID),
  };
}

function lost(error: Error): GatewayError {
  return error instanceof RefusedAddressError ? ledInside(error) : lostAnswer(error);
}

/** Nothing was sent. Which address it is stays with the operator. */
function ledInside(cause: Error): GatewayError {
  return new GatewayError('upstream', 'The upstream account is not set up right.', {
    failure: {
      class: 'auth',
      retry: 'other-account',
      account: 'misconfigured',
      serviceMessage: 'The base URL leads to a private address; ALLOW_PRIVATE_ENDPOINTS allows that',
    },
    cause,
  });
}
