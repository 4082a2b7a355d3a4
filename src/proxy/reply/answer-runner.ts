import type { ServerResponse } from 'node:http';
import { Injectable } from '@nestjs/common';
import { type Observable, Subscription } from 'rxjs';
import { GatewayError } from '../../core/errors.js';
import { type Running, RunningList } from '../../platform/running-list.js';

/** A running answer, and the way to end it. */
interface RunningAnswer extends Running {
  readonly response: ServerResponse;
  cut(): void;
}

/** How a running answer ended, unless it failed. */
export type AnswerEnd = 'success' | 'cancelled';

/** Runs answers to their end: completed, failed, client gone, or cut off when the service can't wait any longer. */
@Injectable()
export class AnswerRunner {
  private readonly answers = new RunningList<RunningAnswer>();
  private isOver = false;

  get running(): number {
    return this.answers.size;
  }

  /** Those that are written to now. */
  *responses(): Iterable<ServerResponse> {
    for (const { response } of this.answers) yield response;
  }

  /**
   * Subscribes until the end. The answer counts as running until its last byte left, or its connection is gone.
   * @throws GatewayError what the answer failed with; `unavailable` when the service stops
   */
  run<E>(events: Observable<E>, response: ServerResponse, next: (event: E) => void): Promise<AnswerEnd> {
    if (this.isOver) return Promise.reject(stopping());
    return new Promise((resolve, reject) => {
      const subscription = new Subscription();
      const settle = (report: () => void) => {
        if (subscription.closed) return;
        subscription.unsubscribe();
        report();
      };
      const answer: RunningAnswer = { response, cut: () => settle(() => reject(stopping())), place: -1 };
      const closed = () => {
        this.answers.remove(answer);
        settle(() => resolve('cancelled'));
      };
      this.answers.add(answer);
      // Before the request's log line is written: what was learnt of an answer that ends here belongs into it.
      response.prependOnceListener('close', closed);
      subscription.add(
        events.subscribe({
          next,
          error: (error) => settle(() => reject(error)),
          complete: () => settle(() => resolve('success')),
        }),
      );
      if (response.destroyed) closed();
    });
  }

  /** Ends every answer with an honest error, and those that would begin later too. @returns how many ran */
  cutAll(): number {
    this.isOver = true;
    const { size } = this.answers;
    for (const answer of this.answers) answer.cut();
    return size;
  }
}

function stopping(): GatewayError {
  return new GatewayError('unavailable', 'The gateway is shutting down.', { shouldRetry: true });
}
