import { Injectable } from '@nestjs/common';
import type { Actor } from '../../audit/audit-event.js';
import { GatewayError, toGatewayError } from '../../core/errors.js';
import { Quotas } from '../health/quotas.service.js';
import { TokenKeeper } from '../tokens/token-keeper.service.js';
import { AccountEditor } from './account-editor.service.js';
import { AccountReset } from './account-reset.service.js';
import { AccountViews } from './account-views.service.js';
import { AccountWrites } from './account-writes.service.js';

/** What an administrator does to an account beside changing its fields. */
@Injectable()
export class AccountActions {
  constructor(
    private readonly editor: AccountEditor,
    private readonly views: AccountViews,
    private readonly writes: AccountWrites,
    private readonly tokens: TokenKeeper,
    private readonly resets: AccountReset,
    private readonly quotas: Quotas,
  ) {}

  /** One that the service closed gets another chance with it. */
  async enable(id: string, actor: Actor): Promise<void> {
    await this.editor.update(id, { enabled: true }, { actor, action: 'account.enable' });
    const { status } = await this.views.find(id);
    if (status === 'disabled') await this.reset(id, actor);
  }

  async disable(id: string, actor: Actor): Promise<void> {
    await this.editor.update(id, { enabled: false }, { actor, action: 'account.disable' });
  }

  /** Says that it is good again. */
  async reset(id: string, actor: Actor): Promise<void> {
    await this.resets.reset(id, actor);
    this.tokens.endPause(id);
    const { quota } = await this.views.find(id);
    // What was read of a spent quota would leave it the last resort.
    if (quota && quota.used >= quota.limit) void this.quotas.read(id);
  }

  /**
   * Renews the token now.
   * @throws GatewayError with the service's words when it refuses; `conflict` where there is no token to renew
   */
  async refresh(id: string, actor: Actor): Promise<void> {
    const { provider } = await this.views.find(id);
    if (provider === 'anthropic') {
      throw new GatewayError('conflict', `Account ${id} has an API key: there is no token to renew`);
    }
    const event = { actor, action: 'account.refresh', target: id };
    try {
      await this.tokens.renewNow(id);
    } catch (thrown) {
      const error = toGatewayError(thrown);
      await this.writes.refused({ ...event, details: { reason: error.message } });
      throw error;
    }
    await this.writes.done(event);
  }
}
