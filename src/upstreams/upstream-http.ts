import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Agent, type Dispatcher } from 'undici';
import { EndpointGuard } from './endpoint-guard.js';

/** Shorter than the minute after which load balancers drop an idle connection, so that none is reused half dead. */
const KEEP_ALIVE_MS = 30_000;
/** A stream holds a connection for its whole length, so this is also the most streams at once to one origin. */
const CONNECTIONS_PER_ORIGIN = 1024;

/** The one pool of kept-alive connections to every upstream. What an account names itself is checked when connecting. */
@Injectable()
export class UpstreamHttp implements OnApplicationShutdown {
  /** Follows no redirect. */
  readonly dispatcher: Dispatcher;

  constructor(guard: EndpointGuard) {
    this.dispatcher = new Agent({
      keepAliveTimeout: KEEP_ALIVE_MS,
      pipelining: 1,
      connections: CONNECTIONS_PER_ORIGIN,
      connect: guard.connector(),
      allowH2: false,
    });
  }

  /** Streams had their time before this hook runs (SHUTDOWN_GRACE): what is still open is cut. */
  async onApplicationShutdown(): Promise<void> {
    await this.dispatcher.destroy();
  }
}
