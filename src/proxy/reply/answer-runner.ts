import { once } from 'node:events';
import type { Server, ServerResponse } from 'node:http';
import { Server as NetServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { type Observable, Subscription } from 'rxjs';
import { GatewayError } from '../../core/errors.js';
import { Configuration } from '../../platform/config/configuration.js';
import { Draining } from '../../platform/draining.js';
import { type RunningAnswer, RunningAnswers } from './running-answers.js';

/** What is left to write when the grace is over gets this long. */
const FLUSH_MS = 1_000;

/** How a running answer ended, unless it failed. */
export type AnswerEnd = 'success' | 'cancelled';

/**
 * Runs answers to their end: completed, failed, client gone, or cut off by a shutdown after `SHUTDOWN_GRACE`. Knows
 * how many run, so that the service can wait for them.
 */
@Injectable()
export class AnswerRunner implements BeforeApplicationShutdown {
  private readonly answers = new RunningAnswers();
  private onIdle: (() => void) | undefined;

  constructor(
    private readonly configuration: Configuration,
    private readonly draining: Draining,
    private readonly adapterHost: HttpAdapterHost,
  ) {}

  get running(): number {
    return this.answers.size;
  }

  /**
   * Subscribes until the end. The answer counts as running until its last byte left, or its connection is gone.
   * @throws GatewayError what the answer failed with; `unavailable` when the service stops
   */
  run<E>(events: Observable<E>, response: ServerResponse, next: (event: E) => void): Promise<AnswerEnd> {
    if (this.draining.isDraining) return Promise.reject(stopping());
    return new Promise((resolve, reject) => {
      const subscription = new Subscription();
      const settle = (report: () => void) => {
        if (subscription.closed) return;
        subscription.unsubscribe();
        report();
      };
      const answer: RunningAnswer = { cut: () => settle(() => reject(stopping())), place: -1 };
      const closed = () => {
        if (this.answers.remove(answer) && this.answers.size === 0) this.onIdle?.();
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

  /**
   * Stops listening, lets running answers finish for the grace time, cuts the rest with an honest error, then closes
   * what is still connected: a client that never finishes its request must not keep the service from stopping.
   */
  async beforeApplicationShutdown(): Promise<void> {
    this.draining.begin();
    const server: Server = this.adapterHost.httpAdapter.getHttpServer();
    if (!server.listening) return;
    const closed = once(server, 'close');
    // Not http's own close(): that one destroys connections whose last bytes are still on their way.
    NetServer.prototype.close.call(server);
    await this.idle(this.configuration.settings.SHUTDOWN_GRACE * 1000);
    this.answers.cutAll();
    await this.idle(FLUSH_MS);
    server.closeIdleConnections();
    await Promise.race([closed, delay(FLUSH_MS, undefined, { ref: false })]);
    server.closeAllConnections();
  }

  /** Resolves when no answer runs any more, after `milliseconds` at the latest. */
  private async idle(milliseconds: number): Promise<void> {
    if (this.answers.size === 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.onIdle = resolve;
    await Promise.race([promise, delay(milliseconds, undefined, { ref: false })]);
    this.onIdle = undefined;
  }
}

function stopping(): GatewayError {
  return new GatewayError('unavailable', 'The gateway is shutting down.', { shouldRetry: true });
}
