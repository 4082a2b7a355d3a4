import type { Server } from 'node:http';
import { ExpressAdapter } from '@nestjs/platform-express';
import express from 'express';
import { createHttpServer, type ServerOptions } from './http-server.js';
import { fromManagement } from './management-port.js';

export interface GatewayAdapterOptions extends Omit<ServerOptions, 'fallback'> {
  /** The management API has a port of its own. */
  hasManagementPort: boolean;
}

/** Between the end of the model API's answers and the end of the management API's. */
const LAST_ANSWERS_MS = 1_000;

/** Express behind servers with limits of our own: one, or two where management has its own port. */
export class GatewayAdapter extends ExpressAdapter {
  /** Closed last: while running answers end on the other port, this one tells so. */
  management?: Server;

  constructor(private readonly servers: GatewayAdapterOptions) {
    // The real APIs' paths know large from small, and everything that decides by path relies on it.
    const application = express();
    application.enable('case sensitive routing');
    application.disable('x-powered-by');
    super(application);
  }

  override initHttpServer(): void {
    const { hasManagementPort, ...options } = this.servers;
    const listener = this.getInstance();
    this.setHttpServer(createHttpServer(listener, { ...options, fallback: 'openai' }));
    if (hasManagementPort) {
      this.management = createHttpServer(fromManagement(listener), { ...options, fallback: 'admin' });
    }
  }

  /** After `LastRequests` ended the answers of the model API. */
  override async close(): Promise<void> {
    await Promise.all([super.close(), this.closeManagement()]);
  }

  private async closeManagement(): Promise<void> {
    const server = this.management;
    if (!server?.listening) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    server.close(() => resolve());
    const timer = setTimeout(() => server.closeAllConnections(), LAST_ANSWERS_MS);
    await promise;
    clearTimeout(timer);
  }
}
