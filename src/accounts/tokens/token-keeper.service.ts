import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { GatewayError, toGatewayError } from '../../core/errors.js';
import { Chance } from '../../platform/chance.js';
import { Clock } from '../../platform/clock.js';
import { Configuration } from '../../platform/config/configuration.js';
import { whileClosing } from '../../platform/while-closing.js';
import type { Account } from '../account.js';
import { AccountDirectory } from '../account-directory.service.js';
import type { HeldToken } from './held-token.js';
import { renewalFailed, renewalRefused } from './renewal-errors.js';
import { LineClosedError, type Place, RenewalLine } from './renewal-line.service.js';
import { pauseAfter, type RenewalPause } from './renewal-pause.js';
import { TokenRenewer, type WantedToken } from './token-renewer.service.js';

/** A renewal's own time-out: whatever lasts longer waits for a lock. */
const SHUTDOWN_WAIT_MS = 15_000;
/** How long a request waits for a renewal, its time in the line included, before another account is tried. */
const LONGEST_PATIENCE_MS = 20_000;

interface Renewal {
  wanted: WantedToken;
  place: Place;
  /** The token endpoint's turn has come. */
  isAsking: boolean;
  promise: Promise<string>;
  /** The same for those who can't wait for ever. */
  patient?: Promise<string>;
}

/** A valid access token per account, before each call. What it keeps is one entry per account. */
@Injectable()
export class TokenKeeper implements OnApplicationShutdown {
  private readonly logger = new Logger('Tokens');
  private readonly held = new Map<string, HeldToken>();
  private readonly running = new Map<string, Renewal>();
  private readonly pauses = new Map<string, RenewalPause>();
  private storing?: Promise<void>;
  /** When the credentials were last replaced, as far as is known here. */
  private readonly credentials = new Map<string, number | undefined>();
  private readonly patienceMs: number;

  constructor(
    private readonly renewer: TokenRenewer,
    private readonly line: RenewalLine,
    private readonly directory: AccountDirectory,
    private readonly clock: Clock,
    private readonly chance: Chance,
    { settings }: Configuration,
  ) {
    // Nor longer than for an answer: after that time no further account is tried.
    this.patienceMs = Math.min(LONGEST_PATIENCE_MS, settings.UPSTREAM_FIRST_BYTE_TIMEOUT * 1000);
    directory.onReload((accounts) => this.follow(accounts));
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
        this.renewIfDue(accountId);
        return held.promise;
      }
    }
    return this.renew(accountId, refused);
  }

  /**
   * Renews the token of an account whose time has come, in the background.
   * @returns whether something was begun; not while a renewal runs, or pauses after one that failed
   */
  renewAhead(id: string): boolean {
    if (this.held.has(id)) return this.renewIfDue(id);
    if (!this.mayBegin(id)) return false;
    // What is stored is read first, and used by requests while it is renewed.
    this.begin(id, {}, { isUrgent: false }).promise.then(
      () => this.renewIfDue(id),
      () => undefined, // logged where it failed
    );
    return true;
  }

  /**
   * Renews the token now, however long it would last: for an operator who asked for it.
   * @throws GatewayError with the service's words in its message
   */
  async renewNow(id: string): Promise<void> {
    if (this.directory.find(id)?.provider === 'anthropic') {
      throw new GatewayError('conflict', 'This account has an API key, which is never renewed');
    }
    const since = this.clock.now();
    const running = this.running.get(id);
    if (running) await this.waitFor(running).catch(() => undefined);
    try {
      await this.waitFor(this.begin(id, { since }, { isUrgent: true }));
    } catch (error) {
      throw renewalRefused(toGatewayError(error));
    }
  }

  /** Whether this process is asking for a token of the account right now. */
  isRenewing(id: string): boolean {
    return this.running.get(id)?.isAsking ?? false;
  }

  /** After the account's credentials were replaced: nothing of the old ones is used again. */
  forget(accountId: string): void {
    this.held.delete(accountId);
    this.running.delete(accountId);
    this.pauses.delete(accountId);
  }

  /** A renewal that failed is no reason any more to wait with the next one. */
  endPause(accountId: string): void {
    this.pauses.delete(accountId);
  }

  /** Tries again to store renewals that the database did not take; calls at once share one attempt. Never rejects. */
  storeUnstored(): Promise<void> {
    this.storing ??= this.storeEach().finally(() => {
      this.storing = undefined;
    });
    return this.storing;
  }

  /** Resolves when what runs now is done. Never rejects. */
  async settled(): Promise<void> {
    await Promise.allSettled(Array.from(this.running.values(), (renewal) => renewal.promise));
    await this.storing;
  }

  /** No further renewal begins, and one that is answered is also stored: the process does not end in between. */
  async onApplicationShutdown(): Promise<void> {
    this.line.close();
    await Promise.race([this.settled(), delay(SHUTDOWN_WAIT_MS, undefined, { ref: false })]);
    await whileClosing(this.storeUnstored());
    for (const id of this.renewer.unstored) {
      this.logger.error({ msg: `The renewed token of account ${id} was not stored, and is lost`, account: id });
    }
  }

  private renew(id: string, refused: string | undefined): Promise<string> {
    const running = this.running.get(id);
    if (running) {
      const token = this.waitFor(running);
      if (refused === undefined || refused === running.wanted.not) return token;
      // What runs may only be reading the very token that was refused.
      return token.then((read) => (read === refused ? this.accessToken(id, { renewIf: refused }) : read));
    }
    const pause = this.pauses.get(id);
    if (pause && this.clock.now() < pause.until) return Promise.reject(pause.error);
    return this.waitFor(this.begin(id, { not: refused }, { isUrgent: true }));
  }

  private renewIfDue(id: string): boolean {
    const held = this.held.get(id);
    if (!held || this.clock.now() < held.renewAt || !this.mayBegin(id)) return false;
    this.begin(id, {}, { isUrgent: false }).promise.catch(() => undefined); // logged where it failed
    return true;
  }

  private mayBegin(id: string): boolean {
    const pause = this.pauses.get(id);
    return !this.running.has(id) && !(pause && this.clock.now() < pause.until);
  }

  private begin(id: string, wanted: WantedToken, place: Place): Renewal {
    const renewal: Renewal = { wanted, place, isAsking: false, promise: Promise.resolve('') };
    renewal.promise = this.obtain(id, renewal);
    this.running.set(id, renewal);
    return renewal;
  }

  private waitFor(renewal: Renewal): Promise<string> {
    this.line.hurry(renewal.place);
    renewal.patient ??= withPatience(renewal.promise, this.patienceMs);
    return renewal.patient;
  }

  private async obtain(id: string, renewal: Renewal): Promise<string> {
    const isFirst = !this.held.has(id) && renewal.wanted.since === undefined;
    // A renewal that was forgotten meanwhile speaks of credentials that are gone: it leaves no trace.
    const isCurrent = () => this.running.get(id) === renewal;
    try {
      const stored = isFirst ? await this.renewer.stored(id, renewal.wanted) : undefined;
      const held = stored ?? (await this.line.run(renewal.place, () => this.ask(id, renewal)));
      if (isCurrent()) {
        this.held.set(id, held);
        this.pauses.delete(id);
      }
      return held.token;
    } catch (thrown) {
      if (thrown instanceof LineClosedError) throw renewalFailed(thrown);
      const error = thrown instanceof GatewayError ? thrown : renewalFailed(thrown);
      this.logger.warn({ msg: `The token of account ${id} is not renewed: ${describe(error)}`, account: id });
      const paused = () => pauseAfter(this.pauses.get(id), error, this.clock.now(), this.chance.next());
      if (isCurrent()) this.pauses.set(id, paused());
      throw error;
    } finally {
      if (isCurrent()) this.running.delete(id);
    }
  }

  private async storeEach(): Promise<void> {
    try {
      for (const id of this.renewer.unstored) {
        await this.renewer.storeAgain(id);
        this.pauses.delete(id);
      }
    } catch {
      // It was logged when it failed first; the next attempt comes in a second.
    }
  }

  private ask(id: string, renewal: Renewal): Promise<HeldToken> {
    renewal.isAsking = true;
    return this.renewer.renew(id, renewal.wanted);
  }

  private follow(accounts: ReadonlyMap<string, Account>): void {
    for (const id of this.credentials.keys()) {
      if (accounts.has(id)) continue;
      this.credentials.delete(id);
      this.forget(id);
    }
    for (const { id, credentialsSince } of accounts.values()) {
      const since = credentialsSince?.getTime();
      if (this.credentials.has(id) && this.credentials.get(id) !== since) this.forget(id);
      this.credentials.set(id, since);
    }
    this.renewer.forgetOthers(accounts);
  }
}

async function withPatience(work: Promise<string>, milliseconds: number): Promise<string> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(renewalFailed(new Error('It takes too long'))), milliseconds).unref();
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The operator's words for it: the cause knows more than what a client may see. */
function describe(error: Error): string {
  return Error.isError(error.cause) ? error.cause.message : error.message;
}
