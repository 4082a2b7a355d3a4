import { Injectable } from '@nestjs/common';
import { Metrics } from '../../metrics/metrics.service.js';
import { Clock } from '../../platform/clock.js';
import { Configuration } from '../../platform/config/configuration.js';
import { renewSocialToken } from '../../upstreams/amazon-q/renew-social-token.js';
import { renewToken } from '../../upstreams/amazon-q/renew-token.js';
import type { RenewedToken } from '../../upstreams/amazon-q/surface.js';
import { TokenRenewalError } from '../../upstreams/amazon-q/token-renewal-error.js';
import { UpstreamHttp } from '../../upstreams/upstream-http.js';
import type { Account } from '../account.js';
import type { OidcSecrets, RenewableSecrets } from '../account-secrets.js';
import { surfaceOf } from '../surface-of.js';

/** A renewed token, and the region that gave it where that is another one than the account's. */
export interface Renewal extends RenewedToken {
  ssoRegion?: string;
}

/** Asks the token endpoint of an account: that of AWS, or Kiro's own. */
@Injectable()
export class TokenEndpoints {
  constructor(
    private readonly http: UpstreamHttp,
    private readonly configuration: Configuration,
    private readonly metrics: Metrics,
    private readonly clock: Clock,
  ) {}

  /** @throws TokenRenewalError */
  async renew(account: Account, secrets: RenewableSecrets): Promise<Renewal> {
    try {
      const renewal = await (secrets.kind === 'social'
        ? this.renewSocial(account, secrets.refreshToken)
        : this.renewOidc(account, secrets));
      this.metrics.tokenRenewal('renewed');
      return renewal;
    } catch (error) {
      this.metrics.tokenRenewal(error instanceof TokenRenewalError && error.permanent ? 'refused' : 'failed');
      throw error;
    }
  }

  private renewSocial({ tokenEndpoint }: Account, refreshToken: string): Promise<RenewedToken> {
    const { KIRO_AUTH_ENDPOINT } = this.configuration.settings;
    const endpoint = tokenEndpoint ?? `${KIRO_AUTH_ENDPOINT.replace(/\/$/, '')}/refreshToken`;
    return renewSocialToken(endpoint, refreshToken, this.http.dispatcher, this.clock.now());
  }

  private async renewOidc(account: Account, secrets: OidcSecrets): Promise<Renewal> {
    try {
      return await this.askAws(account, secrets);
    } catch (error) {
      const ssoRegion = this.otherRegion(account, error);
      if (ssoRegion === undefined) throw error;
      // InvalidRequestRegionException names an endpoint too; credentials go to addresses of our own making only.
      return { ...(await this.askAws({ ...account, ssoRegion }, secrets)), ssoRegion };
    }
  }

  private askAws(account: Account, secrets: OidcSecrets): Promise<RenewedToken> {
    const surface = surfaceOf(account, this.configuration.settings);
    return renewToken(surface, secrets, this.http.dispatcher, this.clock.now());
  }

  /** An endpoint that was set stays what it is, whatever the service says (contract §10.1). */
  private otherRegion(account: Account, error: unknown): string | undefined {
    const isSet = account.tokenEndpoint ?? this.configuration.settings.AMAZONQ_TOKEN_ENDPOINT;
    return isSet === undefined && error instanceof TokenRenewalError ? error.region : undefined;
  }
}
