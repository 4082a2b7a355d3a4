import { Logger } from '@nestjs/common';
import type { OutputItem } from '../../core/protocols/openai-responses/output/output-item.js';
import type { ResponseObject } from '../../core/protocols/openai-responses/response-object.js';
import type { Metrics } from '../../metrics/metrics.service.js';
import type { LineBudget } from '../../platform/logging/line-budget.js';
import type { BoundedWrites, WriteEnd } from './bounded-writes.js';
import { type PreparedWrite, type ResponseWriter, TooLargeError } from './response-writer.js';

/** Of what a database says about a failure; it may be long, and is no place for content. */
const LONGEST_REASON = 200;

/**
 * Keeps one answer while it is sent. Once something of it can't be kept, nothing more of it is: the answer goes on,
 * and its end says `store: false`. Never rejects.
 */
export class ResponseRecorder {
  private readonly logger = new Logger('StoredResponses');

  /** @param isKept false from the start where nothing is kept at all */
  constructor(
    private readonly writer: ResponseWriter,
    private readonly writes: BoundedWrites,
    private readonly metrics: Metrics,
    private readonly lines: LineBudget,
    private isKept: boolean,
  ) {}

  /** Keeps a finished output item, so that the client can refer to it. */
  async item(item: OutputItem): Promise<void> {
    await this.attempt(() => this.writer.outputItem(item));
  }

  /** Keeps the response with its input items. Whether it is kept as a whole. */
  async response(response: ResponseObject): Promise<boolean> {
    await this.attempt(() => this.writer.response(response));
    return this.isKept;
  }

  private async attempt(prepare: () => PreparedWrite): Promise<void> {
    if (!this.isKept) return;
    const end = await this.run(prepare);
    if (end.stored) return;
    this.isKept = false;
    this.writer.stop();
    const { error } = end;
    const reason = error instanceof TooLargeError ? 'too_large' : end.reason;
    this.metrics.responseUnstored(reason);
    const line = this.lines.take(reason);
    if (line) this.logger.warn({ ...line, msg: `A response is not stored: ${reason}`, reason, error: wordsOf(error) });
  }

  private async run(prepare: () => PreparedWrite): Promise<WriteEnd> {
    try {
      const { bytes, run } = prepare();
      return await this.writes.run(bytes, run);
    } catch (error) {
      return { stored: false, reason: 'failed', error };
    }
  }
}

/** Not the error itself: the database's names the parameters of its statement. */
function wordsOf(error: unknown): string | undefined {
  return Error.isError(error) ? `${error.name}: ${error.message.slice(0, LONGEST_REASON)}` : undefined;
}
