import { once } from 'node:events';
import type { Server } from 'node:http';
import { Server as NetServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { type BeforeApplicationShutdown, Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Configuration } from '../platform/config/configuration.js';
import { Database } from '../platform/database/database.service.js';
import { Draining } from '../platform/draining.js';
import { AnswerRunner } from '../proxy/reply/answer-runner.js';

/** A request that is still being sent when listening ends gets so long to become whole. */
const UNFINISHED_MS = 5_000;
/** What is left to write when the grace is over gets this long. */
const FLUSH_MS = 1_000;

/**
 * The end of the port: stops listening, lets what runs finish for `SHUTDOWN_GRACE`, cuts the rest with an honest error,
 * then closes what is still connected. A connection that was kept alive may bring its last request meanwhile: nobody
 * told its client not to.
 */
@Injectable()
export class LastRequests implements OnModuleDestroy, BeforeApplicationShutdown {
  private readonly logger = new Logger('Shutdown');
  private readonly graceMs: number;
  private closed?: Promise<unknown>;
  private until = 0;

  constructor(
    { settings }: Configuration,
    private readonly draining: Draining,
    private readonly database: Database,
    private readonly runner: AnswerRunner,
    private readonly adapterHost: HttpAdapterHost,
  ) {
    this.graceMs = settings.SHUTDOWN_GRACE * 1000;
  }

  /** Before event streams end and jobs stop: who connects again comes to another replica. */
  onModuleDestroy(): void {
    this.draining.begin();
    const { server } = this;
    if (!server?.listening) return;
    this.until = performance.now() + this.graceMs;
    this.closed = once(server, 'close');
    // Not http's own close(): that one destroys connections whose last bytes are still on their way.
    NetServer.prototype.close.call(server);
    this.logger.log({ msg: `Listens no more; ${this.draining.open} requests are open`, requests: this.draining.open });
  }

  async beforeApplicationShutdown(): Promise<void> {
    const { draining, server } = this;
    if (!this.closed || !server) return;
    await Promise.race([draining.ended(Math.min(UNFINISHED_MS, this.leftMs)), draining.hurried]);
    await Promise.race([draining.answered(this.leftMs), draining.hurried]);
    const cut = this.runner.cutAll();
    if (cut > 0) this.logger.warn({ msg: `${cut} answers are cut off: the grace is over`, answers: cut });
    await draining.ended(FLUSH_MS);
    server.closeIdleConnections();
    await Promise.race([this.closed, delay(FLUSH_MS, undefined, { ref: false })]);
    server.closeAllConnections();
    await this.database.giveUpIfSilent();
  }

  private get leftMs(): number {
    return Math.max(0, this.until - performance.now());
  }

  /** Undefined in an application that serves nobody. */
  private get server(): Server | undefined {
    return this.adapterHost.httpAdapter?.getHttpServer();
  }
}
