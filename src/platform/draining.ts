import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { Global, Injectable, Module } from '@nestjs/common';
import { type Running, RunningList } from './running-list.js';

/** A request that was not answered to its end. */
interface OpenRequest extends Running {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** Whether the service is on its way down, and what it still has to answer. */
@Injectable()
export class Draining {
  private readonly requests = new RunningList<OpenRequest>();
  private readonly hurry = Promise.withResolvers<void>();
  private draining = false;
  private onEnd?: () => void;

  get isDraining(): boolean {
    return this.draining;
  }

  /** Requests that were not answered to their end. */
  get open(): number {
    return this.requests.size;
  }

  /** Resolves when nobody wants to wait any longer. */
  get hurried(): Promise<void> {
    return this.hurry.promise;
  }

  /** From now on answers tell their clients to connect anew: that leads to another replica. */
  begin(): void {
    this.draining = true;
    for (const { response } of this.requests) response.shouldKeepAlive = false;
  }

  hurryUp(): void {
    this.begin();
    this.hurry.resolve();
  }

  /** A request has come; it is open until its last byte left or its connection is gone. */
  enter(request: IncomingMessage, response: ServerResponse): void {
    const open: OpenRequest = { request, response, place: -1 };
    this.requests.add(open);
    if (this.draining) response.shouldKeepAlive = false;
    response.once('close', () => {
      this.requests.remove(open);
      this.onEnd?.();
    });
  }

  /** Resolves when no request is open, after `milliseconds` at the latest. */
  ended(milliseconds: number): Promise<void> {
    return this.until(() => this.requests.size === 0, milliseconds);
  }

  /** The same of requests that came as a whole: who never finishes sending one is not waited for. */
  answered(milliseconds: number): Promise<void> {
    return this.until(() => ![...this.requests].some(({ request }) => request.complete), milliseconds);
  }

  private async until(isOver: () => boolean, milliseconds: number): Promise<void> {
    if (isOver()) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const onEnd = () => {
      if (isOver()) resolve();
    };
    this.onEnd = onEnd;
    await Promise.race([promise, delay(milliseconds, undefined, { ref: false })]);
    // Who gave up waiting left this behind: somebody else may wait since.
    if (this.onEnd === onEnd) this.onEnd = undefined;
  }
}

@Global()
@Module({ providers: [Draining], exports: [Draining] })
export class DrainingModule {}
