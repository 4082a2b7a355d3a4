import { Injectable } from '@nestjs/common';
import { Configuration } from '../../platform/config/configuration.js';
import { AmazonQUpstream } from '../../upstreams/amazon-q/amazon-q.upstream.js';
import type { Surface } from '../../upstreams/amazon-q/surface.js';
import type { Account } from '../account.js';
import { surfaceOf } from '../surface-of.js';
import { TokenKeeper } from '../tokens/token-keeper.service.js';
import { AccountSession } from './account-session.js';
import { SignatureMakers } from './signature-makers.service.js';

@Injectable()
export class AccountSessions {
  /** Of an account as it was read: a change makes another object of it. */
  private readonly surfaces = new WeakMap<Account, Surface>();

  constructor(
    private readonly tokens: TokenKeeper,
    private readonly upstream: AmazonQUpstream,
    private readonly signatures: SignatureMakers,
    private readonly configuration: Configuration,
  ) {}

  open(account: Account): AccountSession {
    let surface = this.surfaces.get(account);
    if (!surface) {
      surface = surfaceOf(account, this.configuration.settings);
      this.surfaces.set(account, surface);
    }
    return new AccountSession(account.id, surface, this.tokens, this.upstream, this.signatures);
  }
}
