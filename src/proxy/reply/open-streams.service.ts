import { Injectable } from '@nestjs/common';
import { type ClientProtocol, protocolOf } from '../../core/protocols/protocol-of-path.js';
import { Metrics } from '../../metrics/metrics.service.js';
import { AnswerRunner } from './answer-runner.js';

/** Tells the metrics which streams are open: looked at when they are read, so that a stream costs nothing. */
@Injectable()
export class OpenStreams {
  constructor(
    private readonly runner: AnswerRunner,
    metrics: Metrics,
  ) {
    metrics.readOpenStreams(() => this.protocols());
  }

  private *protocols(): Iterable<ClientProtocol> {
    for (const response of this.runner.responses()) {
      if (!String(response.getHeader('content-type')).startsWith('text/event-stream')) continue;
      const { url = '/', headers } = response.req;
      yield protocolOf(url.split('?', 1)[0] as string, headers);
    }
  }
}
