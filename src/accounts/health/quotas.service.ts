import { Injectable, Logger } from '@nestjs/common';
import { type GatewayError, toGatewayError } from '../../core/errors.js';
import type { UsageLimits } from '../../core/protocols/amazon-q/decode-usage-limits.js';
import { Clock } from '../../platform/clock.js';
import { Configuration } from '../../platform/config/configuration.js';
import { getUsageLimits } from '../../upstreams/amazon-q/get-usage-limits.js';
import { UpstreamHttp } from '../../upstreams/upstream-http.js';
import type { Account } from '../account.js';
import { AccountDirectory } from '../account-directory.service.js';
import { surfaceOf } from '../surface-of.js';
import { TokenKeeper } from '../tokens/token-keeper.service.js';
import { QuotaRepository } from './quota.repository.js';
import { quoteService } from './quote-service.js';

/** What came of asking: limits, or why there are none. Neither: the service names no limit for this account. */
export interface QuotaReading {
  limits?: UsageLimits;
  error?: GatewayError;
}

/** Reads what of its plan an account has used, and keeps it with the account. */
@Injectable()
export class Quotas {
  private readonly logger = new Logger('Quotas');
  private readonly running = new Map<string, Promise<QuotaReading>>();

  constructor(
    private readonly repository: QuotaRepository,
    private readonly directory: AccountDirectory,
    private readonly tokens: TokenKeeper,
    private readonly http: UpstreamHttp,
    private readonly configuration: Configuration,
    private readonly clock: Clock,
  ) {}

  /** Calls at once share one reading. Never rejects. */
  read(id: string): Promise<QuotaReading> {
    const running = this.running.get(id);
    if (running !== undefined) return running;
    const reading = this.ask(id).finally(() => this.running.delete(id));
    this.running.set(id, reading);
    return reading;
  }

  private async ask(id: string): Promise<QuotaReading> {
    const account = this.directory.find(id);
    if (account?.provider !== 'amazonq') return {};
    try {
      const limits = await this.askWithToken(account);
      if (limits) await this.keep(id, limits);
      return { limits };
    } catch (thrown) {
      const error = toGatewayError(thrown);
      const reason = quoteService(error.failure?.serviceMessage || error.message);
      this.logger.warn({ msg: `The quota of account ${id} is not read: ${reason}`, account: id });
      return { error };
    }
  }

  private async askWithToken(account: Account): Promise<UsageLimits | undefined> {
    const surface = surfaceOf(account, this.configuration.settings);
    const ask = (token: string) => getUsageLimits(surface, token, this.http.dispatcher, this.clock.now());
    const token = await this.tokens.accessToken(account.id);
    try {
      return await ask(token);
    } catch (error) {
      if (toGatewayError(error).failure?.retry !== 'renew-token') throw error;
      return ask(await this.tokens.accessToken(account.id, { renewIf: token }));
    }
  }

  private async keep(id: string, { used, limit, resetsAt, hasOverage }: UsageLimits): Promise<void> {
    const quota = {
      used,
      limit,
      resetsAt: resetsAt === undefined ? undefined : new Date(resetsAt),
      readAt: new Date(this.clock.now()),
    };
    if (hasOverage && used >= limit) {
      this.logger.log({ msg: `Account ${id} is over its quota, which is billed to its owner`, account: id });
    }
    await this.repository.store(id, quota);
    this.directory.noted(id, { quota });
  }
}
