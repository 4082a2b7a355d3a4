import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Settings } from '../platform/config/settings.js';
import { GatewayAdapter } from './gateway-adapter.js';

/** Where to find what. */
export interface Addresses {
  /** Such as `http://localhost:8080`. */
  gateway: string;
  /** Undefined where the management API is there too. */
  management?: string;
}

/**
 * Starts the application and opens its ports: probes find it when it is ready.
 * @throws Error when it does not start or a port is taken
 */
export async function listen(app: NestExpressApplication, settings: Settings): Promise<Addresses> {
  const { HOST, PORT, MANAGEMENT_HOST = HOST, MANAGEMENT_PORT } = settings;
  await app.init();
  const adapter = app.getHttpAdapter();
  const management = adapter instanceof GatewayAdapter ? adapter.management : undefined;
  if (management) {
    // First, so that no client is let in when the start fails on it.
    management.listen(MANAGEMENT_PORT, MANAGEMENT_HOST);
    await once(management, 'listening');
  }
  await app.listen(PORT, HOST);
  return {
    gateway: urlOf(app.getHttpServer(), HOST),
    management: management && urlOf(management, MANAGEMENT_HOST),
  };
}

function urlOf(server: Server, host: string): string {
  const { port } = server.address() as AddressInfo;
  const name = host.includes(':') ? `[${host}]` : host.replace(/^(127\.0\.0\.1|0\.0\.0\.0)$/, 'localhost');
  return `http://${name}:${port}`;
}
