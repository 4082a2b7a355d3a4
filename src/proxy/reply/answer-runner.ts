import type { ServerResponse } from 'node:http';
import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { type Observable, Subscription } from 'rxjs';
import { GatewayError } from '../../core/errors.js';
import type { MessagesEvent } from '../../core/messages/vocabulary.js';
import { Configuration } from '../../platform/config/configuration.js';
import { Draining } from '../../platform/draining.js';
import { type RunningAnswer, RunningAnswers } from './running-answers.js';

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
   * Subscribes until the end. @throws GatewayError what the answer failed with; `unavailable` when the service stops
   */
  run(
    events: Observable<MessagesEvent>,
    response: ServerResponse,
    next: (event: MessagesEvent) => void,
  ): Promise<AnswerEnd> {
    if (this.draining.isDraining) return Promise.reject(stopping());
    return new Promise((resolve, reject) => {
      const subscription = new Subscription();
      const settle = (report: () => void) => {
        if (!this.answers.remove(answer)) return;
        response.off('close', gone);
        subscription.unsubscribe();
        report();
        if (this.answers.size === 0) this.onIdle?.();
      };
      const answer: RunningAnswer = { cut: () => settle(() => reject(stopping())), place: -1 };
      const gone = () => settle(() => resolve('cancelled'));
      this.answers.add(answer);
      response.on('close', gone);
      subscription.add(
        events.subscribe({
          next,
          error: (error) => settle(() => reject(error)),
          complete: () => settle(() => resolve('success')),
        }),
      );
      if (response.destroyed) gone();
    });
  }

  /** Stops taking requests, lets running answers finish for the grace time, cuts the rest with an honest error. */
  async beforeApplicationShutdown(): Promise<void> {
    this.draining.begin();
    this.adapterHost.httpAdapter?.getHttpServer().close();
    if (this.answers.size === 0) return;
    const idle = new Promise<void>((resolve) => {
      this.onIdle = resolve;
    });
    const grace = setTimeout(() => this.answers.cutAll(), this.configuration.settings.SHUTDOWN_GRACE * 1000);
    await idle;
    clearTimeout(grace);
    // The handlers write their last frames and log lines in the ticks after.
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function stopping(): GatewayError {
  return new GatewayError('unavailable', 'The gateway is shutting down.', { shouldRetry: true });
}
