import { Injectable } from '@nestjs/common';
import { buildConnector } from 'undici';
import { Configuration } from '../platform/config/configuration.js';
import type { Settings } from '../platform/config/settings.js';
import { guardedConnector } from '../platform/network/guarded-connector.js';
import { isPublicAddress } from '../platform/network/public-address.js';
import { resolveHost } from '../platform/network/resolve-host.js';

const CONNECT_TIMEOUT_MS = 10_000;

/**
 * Hosts of the service itself. In a network that has a private way to them they lead to private addresses, and should.
 * No other AWS name is meant: those of machines and load balancers lead inside.
 */
const SERVICE_HOST = /^(q|oidc|codewhisperer)\.[a-z]{2}(-[a-z]+)+-\d\.amazonaws\.com$/;

type EndpointSettings = Pick<
  Settings,
  'ALLOW_PRIVATE_ENDPOINTS' | 'AMAZONQ_API_ENDPOINT' | 'AMAZONQ_TOKEN_ENDPOINT' | 'KIRO_AUTH_ENDPOINT'
>;

/**
 * Decides for each new connection whether it is guarded: to whatever an account names itself (`baseUrl`,
 * `apiEndpoint`, `tokenEndpoint`), which must not lead inside unless ALLOW_PRIVATE_ENDPOINTS says so. Endpoints of the
 * settings and the service's own hosts are not. A class of its own, so that a test can say what a name means.
 */
@Injectable()
export class EndpointGuard {
  resolve: (hostname: string, signal: AbortSignal) => Promise<readonly string[]> = resolveHost;
  allowsAddress: (address: string) => boolean = isPublicAddress;
  private readonly isOpen: boolean;
  private readonly trusted: ReadonlySet<string>;

  constructor({ settings }: Configuration) {
    this.isOpen = settings.ALLOW_PRIVATE_ENDPOINTS;
    this.trusted = originsOf(settings);
  }

  connector(): buildConnector.connector {
    const plain = buildConnector({ timeout: CONNECT_TIMEOUT_MS, allowH2: false });
    const rules = {
      allowsAddress: (address: string) => this.allowsAddress(address),
      resolve: (hostname: string, signal: AbortSignal) => this.resolve(hostname, signal),
      silenceMs: CONNECT_TIMEOUT_MS,
    };
    // Looking a name up has its own end; a connection that is given up meanwhile is nobody's any more.
    const guarded = guardedConnector(rules, new AbortController().signal);
    return (options, callback) => {
      if (this.isOpen || this.isTrusted(options)) plain(options, callback);
      else guarded(options, callback);
    };
  }

  private isTrusted({ protocol, hostname, port }: buildConnector.Options): boolean {
    return isServiceHost(protocol, hostname) || this.trusted.has(originOf(protocol, hostname, port));
  }
}

/** Whether a URL of that scheme and host is the service's own. */
export function isServiceHost(protocol: string, hostname: string): boolean {
  return protocol === 'https:' && SERVICE_HOST.test(hostname);
}

function originsOf(settings: EndpointSettings): ReadonlySet<string> {
  const endpoints = [settings.AMAZONQ_API_ENDPOINT, settings.AMAZONQ_TOKEN_ENDPOINT, settings.KIRO_AUTH_ENDPOINT];
  return new Set(
    endpoints.flatMap((endpoint) => {
      if (endpoint === undefined) return [];
      const { protocol, hostname, port } = new URL(endpoint);
      return [originOf(protocol, hostname, port)];
    }),
  );
}

/** Brackets and the scheme's own port are written by some and not by others. */
function originOf(protocol: string, hostname: string, port: string): string {
  const own = protocol === 'https:' ? '443' : '80';
  return `${protocol}//${hostname.replace(/^\[|\]$/g, '')}:${port || own}`;
}
