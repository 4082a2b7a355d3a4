import { Injectable } from '@nestjs/common';
import { Configuration } from '../../platform/config/configuration.js';
import { AmazonQUpstream } from '../../upstreams/amazon-q/amazon-q.upstream.js';
import type { Surface } from '../../upstreams/amazon-q/surface.js';
import { AnthropicUpstream } from '../../upstreams/anthropic/anthropic.upstream.js';
import { type Endpoint, endpointOf, OFFICIAL_API } from '../../upstreams/anthropic/endpoint.js';
import type { Account } from '../account.js';
import { AccountProfiles } from '../health/account-profiles.service.js';
import { surfaceOf } from '../surface-of.js';
import { TokenKeeper } from '../tokens/token-keeper.service.js';
import { AccountSession } from './account-session.js';
import { EndpointSession } from './endpoint-session.js';
import type { Session } from './session.js';
import { SignatureMakers } from './signature-makers.service.js';

@Injectable()
export class AccountSessions {
  /** Of an account as it was read: a change makes another object of it. */
  private readonly surfaces = new WeakMap<Account, Surface>();
  private readonly endpoints = new WeakMap<Account, Endpoint>();

  constructor(
    private readonly tokens: TokenKeeper,
    private readonly upstream: AmazonQUpstream,
    private readonly signatures: SignatureMakers,
    private readonly configuration: Configuration,
    private readonly profiles: AccountProfiles,
    private readonly anthropic: AnthropicUpstream,
  ) {}

  open(account: Account): Session {
    const { id } = account;
    if (account.provider === 'anthropic') {
      return new EndpointSession(id, this.endpointOf(account), this.tokens, this.anthropic);
    }
    const lookUpProfile = async () => {
      const { isAnswered, account: found } = await this.profiles.lookUp(id);
      return { isAnswered, surface: found && this.surfaceOf(found) };
    };
    return new AccountSession(id, this.surfaceOf(account), this.tokens, this.upstream, this.signatures, lookUpProfile);
  }

  private surfaceOf(account: Account): Surface {
    let surface = this.surfaces.get(account);
    if (!surface) {
      surface = surfaceOf(account, this.configuration.settings);
      this.surfaces.set(account, surface);
    }
    return surface;
  }

  private endpointOf(account: Account): Endpoint {
    let endpoint = this.endpoints.get(account);
    if (!endpoint) {
      endpoint = endpointOf(account.baseUrl ?? OFFICIAL_API);
      this.endpoints.set(account, endpoint);
    }
    return endpoint;
  }
}
