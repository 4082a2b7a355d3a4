import { Injectable } from '@nestjs/common';
import { buildConnector } from 'undici';
import { Configuration } from '../../platform/config/configuration.js';
import { endpointProblem } from '../../platform/network/endpoint-rules.js';
import { guardedConnector } from '../../platform/network/guarded-connector.js';
import { isPublicAddress } from '../../platform/network/public-address.js';
import { resolveHost } from '../../platform/network/resolve-host.js';

/** Where events may go, and for how long. A class of its own, so that a test can say what a name means. */
@Injectable()
export class ReceiverRules {
  allowsAddress: (address: string) => boolean = isPublicAddress;
  resolve: (hostname: string, signal: AbortSignal) => Promise<readonly string[]> = resolveHost;
  /** For the connection. */
  silenceMs = 5_000;
  /** For the whole attempt. */
  totalMs = 15_000;
  private readonly allowsPrivate: boolean;

  constructor({ settings }: Configuration) {
    this.allowsPrivate = settings.ALLOW_PRIVATE_ENDPOINTS;
  }

  /** @returns what is wrong with the URL of a webhook, as far as its text tells; undefined: nothing */
  problemOf(url: string): string | undefined {
    const problem = endpointProblem(url, this.allowsPrivate, true);
    if (problem !== undefined) return problem;
    // Anybody on the way could read it, and who asked for that by mistake would not see it.
    const isReadable = !this.allowsPrivate && new URL(url).protocol === 'http:';
    return isReadable ? 'must begin with https:// (ALLOW_PRIVATE_ENDPOINTS allows http://)' : undefined;
  }

  /** Addresses that were checked are the ones that are connected to. */
  connector(signal: AbortSignal): buildConnector.connector {
    return this.allowsPrivate
      ? buildConnector({ timeout: this.silenceMs, allowH2: false, maxCachedSessions: 0 })
      : guardedConnector(this, signal);
  }
}
