import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { AccountDirectory } from './account-directory.service.js';
import { EnvironmentAccounts } from './environment/environment-accounts.service.js';
import { ModelList } from './models/model-list.service.js';
import { Breakers } from './pool/breakers.service.js';

const WARM_AT_ONCE = 4;
/** Accounts that are signed in anew at once; where more tokens ended over night, `RenewalJob` renews the others. */
const MOST_SIGNED_IN = 32;

/** What happens to accounts before and just after the first request can come in. */
@Injectable()
export class AccountsStart implements OnApplicationBootstrap, OnApplicationShutdown {
  private isStopping = false;

  constructor(
    private readonly environment: EnvironmentAccounts,
    private readonly directory: AccountDirectory,
    private readonly models: ModelList,
    private readonly breakers: Breakers,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.environment.sync();
    await this.directory.start();
    await this.breakers.catchUp(Array.from(this.directory.accounts.keys()));
    void this.warmUp();
  }

  onApplicationShutdown(): void {
    this.isStopping = true;
  }

  /** Asks usable accounts for their models, which takes a valid token. Nobody waits for it; it never rejects. */
  private async warmUp(): Promise<void> {
    const ids = Array.from(this.directory.usable(), ({ id }) => id);
    const { true: signedIn = [], false: others = [] } = Object.groupBy(ids, (id) => `${this.models.isSignedIn(id)}`);
    const waiting = [...others.slice(0, MOST_SIGNED_IN), ...signedIn].values();
    const work = async () => {
      for (const id of waiting) {
        if (this.isStopping) return;
        await this.models.get(id);
      }
    };
    await Promise.all(Array.from({ length: WARM_AT_ONCE }, work));
  }
}
