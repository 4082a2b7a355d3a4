import { Injectable } from '@nestjs/common';
import { Configuration } from '../platform/config/configuration.js';
import { AmazonQUpstream } from '../upstreams/amazon-q/amazon-q.upstream.js';
import type { Account } from './account.js';
import { AccountSession } from './account-session.js';
import { surfaceOf } from './surface-of.js';
import { TokenKeeper } from './token-keeper.service.js';

@Injectable()
export class AccountSessions {
  constructor(
    private readonly tokens: TokenKeeper,
    private readonly upstream: AmazonQUpstream,
    private readonly configuration: Configuration,
  ) {}

  open(account: Account): AccountSession {
    const surface = surfaceOf(account, this.configuration.settings);
    return new AccountSession(account.id, surface, this.tokens, this.upstream);
  }
}
