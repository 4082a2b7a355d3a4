import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Request } from 'express';
import { clientAddress } from '../../platform/network/client-address.js';
import { AllowedNetworks } from '../api-keys/allowed-networks.js';

/**
 * Makes `request.ip` what `clientAddress` says. Express' own `trust proxy` would hand on whatever a trusted proxy wrote, an
 * address or not, and read a long list whole.
 * @param trusted addresses and networks of the proxies that are believed
 */
export function tellClientAddresses(app: NestExpressApplication, trusted: readonly string[]): void {
  const proxies = new AllowedNetworks(trusted);
  const isTrusted = trusted.length > 0 ? (address: string) => proxies.include(address) : () => false;
  const express: { request: object } = app.getHttpAdapter().getInstance();
  Object.defineProperty(express.request, 'ip', {
    configurable: true,
    get(this: Request): string | undefined {
      const forwardedFor = this.headers['x-forwarded-for'];
      return clientAddress(this.socket.remoteAddress, forwardedFor?.toString(), isTrusted) || undefined;
    },
  });
}
