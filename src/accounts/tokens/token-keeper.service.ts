import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { toGatewayError } from '../../core/errors.js';
import { Clock } from '../../platform/clock.js';
import type { Account } from '../account.js';
import { AccountDirectory } from '../account-directory.service.js';
import type { HeldToken } from './held-token.js';
import { pauseAfter, type RenewalPause } from './renewal-pause.js';
import { TokenRenewer } from './token-renewer.service.js';

/** A renewal's own time-out: whatever lasts longer waits for a lock. */
const SHUTDOWN_WAIT_MS = 15_000;

interface Renewal {
  refused: string | undefined;
  promise: Promise<string>;
}

/** A valid access token per account, before each call. What it keeps is one entry per account. */
@Injectable()
export class TokenKeeper implements OnApplicationShutdown {
  private readonly logger = new Logger('Tokens');
  private readonly held = new Map<string, HeldToken>();
  private readonly running = new Map<string, Renewal>();
  private readonly pauses = new Map<string, RenewalPause>();

  constructor(
    private readonly renewer: TokenRenewer,
    private readonly clock: Clock,
    directory: AccountDirectory,
  ) {
    directory.onReload((accounts) => this.forgetOthers(accounts));
  }

  /**
   * The account's token; a held one costs a look at the clock. One that ends soon is handed out all the same and
   * renewed in the background.
   * @param options.renewIf a token upstream refused: renewed unless there is another one by now
   * @throws GatewayError, for another account to be tried
   */
  accessToken(accountId: string, options?: { renewIf?: string }): Promise<string> {
    const held = this.held.get(accountId);
    const refused = options?.renewIf;
    if (held !== undefined && held.token !== refused) {
      const now = this.clock.now();
      if (now < held.renewAt) return held.promise;
      if (now < held.uselessAt) {
        this.renewInBackground(accountId);
        return held.promise;
      }
    }
    return this.renew(accountId, refused);
  }

  /** After the account's credentials were replaced: nothing of the old ones is used again. */
  forget(accountId: string): void {
    this.held.delete(accountId);
    this.running.delete(accountId);
    this.pauses.delete(accountId);
  }

  /** A renewal that is answered is also stored: the process does not end in between. */
  async onApplicationShutdown(): Promise<void> {
    const renewals = Array.from(this.running.values(), (renewal) => renewal.promise);
    await Promise.race([Promise.allSettled(renewals), delay(SHUTDOWN_WAIT_MS, undefined, { ref: false })]);
  }

  private renew(id: string, refused: string | undefined): Promise<string> {
    const running = this.running.get(id);
    if (running) {
      if (refused === undefined || refused === running.refused) return running.promise;
      // What runs may only be reading the very token that was refused.
      return running.promise.then((token) => (token === refused ? this.accessToken(id, { renewIf: refused }) : token));
    }
    const pause = this.pauses.get(id);
    if (pause && this.clock.now() < pause.until) return Promise.reject(pause.error);
    return this.startRenewal(id, refused);
  }

  private renewInBackground(id: string): void {
    if (!this.running.has(id)) this.renew(id, undefined).catch(() => undefined); // logged where it failed
  }

  private startRenewal(id: string, refused: string | undefined): Promise<string> {
    const renewal: Renewal = { refused, promise: Promise.resolve('') };
    renewal.promise = this.obtain(id, renewal);
    this.running.set(id, renewal);
    return renewal.promise;
  }

  private async obtain(id: string, renewal: Renewal): Promise<string> {
    const isFirst = !this.held.has(id);
    // A renewal that was forgotten meanwhile speaks of credentials that are gone: it leaves no trace.
    const isCurrent = () => this.running.get(id) === renewal;
    try {
      const { refused } = renewal;
      const held = await (isFirst ? this.renewer.load(id, refused) : this.renewer.renew(id, refused));
      if (isCurrent()) {
        this.held.set(id, held);
        this.pauses.delete(id);
      }
      return held.token;
    } catch (thrown) {
      const error = toGatewayError(thrown);
      this.logger.warn({ msg: `The token of account ${id} is not renewed: ${describe(error)}`, account: id });
      if (isCurrent()) this.pauses.set(id, pauseAfter(this.pauses.get(id), error, this.clock.now()));
      throw error;
    } finally {
      if (isCurrent()) this.running.delete(id);
    }
  }

  private forgetOthers(accounts: ReadonlyMap<string, Account>): void {
    for (const kept of [this.held, this.pauses]) {
      for (const id of kept.keys()) if (!accounts.has(id)) kept.delete(id);
    }
  }
}

/** The operator's words for it: the cause knows more than what a client may see. */
function describe(error: Error): string {
  return Error.isError(error.cause) ? error.cause.message : error.message;
}
