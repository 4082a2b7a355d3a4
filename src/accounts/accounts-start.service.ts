import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { AccountDirectory } from './account-directory.service.js';
import { EnvironmentAccounts } from './environment/environment-accounts.service.js';
import { ModelList } from './models/model-list.service.js';

/** Accounts that are warmed up at a time: many tokens that expired over night are not renewed all at once. */
const WARM_AT_ONCE = 4;

/** What happens to accounts before and just after the first request can come in. */
@Injectable()
export class AccountsStart implements OnApplicationBootstrap, OnApplicationShutdown {
  private isStopping = false;

  constructor(
    private readonly environment: EnvironmentAccounts,
    private readonly directory: AccountDirectory,
    private readonly models: ModelList,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.environment.sync();
    await this.directory.start();
    void this.warmUp();
  }

  onApplicationShutdown(): void {
    this.isStopping = true;
  }

  /** Asks each usable account for its models, which takes a valid token. Nobody waits for it; it never rejects. */
  private async warmUp(): Promise<void> {
    const ids = Array.from(this.directory.usable(), ({ id }) => id);
    const work = async () => {
      for (let id = ids.shift(); id !== undefined && !this.isStopping; id = ids.shift()) await this.models.get(id);
    };
    await Promise.all(Array.from({ length: WARM_AT_ONCE }, work));
  }
}
