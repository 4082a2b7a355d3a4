import { createHash } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { toGatewayError } from '../../core/errors.js';
import type { UpstreamModel } from '../../core/models/upstream-model.js';
import { Clock } from '../../platform/clock.js';
import { Configuration } from '../../platform/config/configuration.js';
import { listModels } from '../../upstreams/amazon-q/list-models.js';
import { endpointOf, OFFICIAL_API } from '../../upstreams/anthropic/endpoint.js';
import { listModels as listEndpointModels } from '../../upstreams/anthropic/list-models.js';
import { UpstreamHttp } from '../../upstreams/upstream-http.js';
import type { Account } from '../account.js';
import { AccountDirectory } from '../account-directory.service.js';
import { quoteService } from '../health/quote-service.js';
import { surfaceOf } from '../surface-of.js';
import { TokenKeeper } from '../tokens/token-keeper.service.js';

/** What an account lists; `unknown` while it could not be asked. */
export type ListedModels = readonly UpstreamModel[] | 'unknown';

interface Entry {
  listed: ListedModels;
  /** Of the list: accounts that list the same keep it once, schemas and all. */
  digest: string;
  refreshAt: number;
  /** Who was asked, and where: another answer is to be had as somebody else. */
  askedAs: string;
}

/** Plan, region, origin and identity change the list, so it is asked per account (amazon-q.md §7.1). */
const FRESH_MS = 3_600_000;
const FAILED_MS = 60_000;
/** Lists that age together are not asked for together. */
const MAX_REFRESHES = 4;
/** Claude Code waits three seconds for a list of models (anthropic.md §1). */
const PATIENCE_MS = 2_000;

/** The models of each account, asked once an hour. */
@Injectable()
export class ModelList {
  private readonly logger = new Logger('Models');
  private readonly entries = new Map<string, Entry>();
  private readonly running = new Map<string, Promise<ListedModels>>();
  private changes = 0;

  constructor(
    private readonly directory: AccountDirectory,
    private readonly tokens: TokenKeeper,
    private readonly http: UpstreamHttp,
    private readonly configuration: Configuration,
    private readonly clock: Clock,
  ) {
    directory.onReload((accounts) => {
      for (const [id, { askedAs }] of this.entries) {
        const account = accounts.get(id);
        if (!account || askedAs !== askedAsOf(account)) this.drop(id);
      }
    });
  }

  /** Another number after each change of any list. */
  get version(): number {
    return this.changes;
  }

  /**
   * What is known now, without waiting: undefined before the first answer. What is missing or old is asked for in the
   * background, and an old list served meanwhile; not where a token would have to be renewed for it, since many that
   * ended over night are renewed at their own pace (`RenewalJob`).
   */
  peek(accountId: string): ListedModels | undefined {
    const entry = this.entries.get(accountId);
    const isDue = !entry || this.clock.now() >= entry.refreshAt;
    if (isDue && this.running.size < MAX_REFRESHES && this.isSignedIn(accountId)) void this.fetch(accountId);
    return entry?.listed;
  }

  /** The same, and nobody is asked for more. */
  held(accountId: string): ListedModels | undefined {
    return this.entries.get(accountId)?.listed;
  }

  /** What is known now, and nobody is asked for more. */
  known(accountId: string): readonly UpstreamModel[] {
    const listed = this.held(accountId);
    return listed === undefined || listed === 'unknown' ? [] : listed;
  }

  /** What is known, asked for on first need. Never rejects. */
  async get(accountId: string): Promise<ListedModels> {
    return this.peek(accountId) ?? this.fetch(accountId);
  }

  /**
   * What each usable account lists, asked for on first need, a few accounts at a time. Once some are known, slow ones
   * are waited for no longer than `patienceMs`; they are `unknown` this time. Never rejects.
   */
  async ofUsableAccounts(patienceMs = PATIENCE_MS): Promise<ListedModels[]> {
    const ids = Array.from(this.directory.usable(), ({ id }) => id);
    const unasked = ids.filter((id) => this.peek(id) === undefined);
    await settledWithin(patienceMs, this.askEach(unasked.filter((id) => this.isSignedIn(id))));
    if (!ids.some((id) => this.isKnown(id))) await this.askEach(unasked);
    return ids.map((id) => this.entries.get(id)?.listed ?? 'unknown');
  }

  /** Whether asking the account takes no renewal first. */
  isSignedIn(accountId: string): boolean {
    const account = this.directory.find(accountId);
    return account?.provider === 'anthropic' || Number(account?.tokenExpiresAt) > this.clock.now();
  }

  /** After INVALID_MODEL_ID: the list was wrong, ask again. */
  forget(accountId: string): void {
    if (this.entries.get(accountId)?.listed === 'unknown') return; // There is no list that could be wrong.
    this.drop(accountId);
  }

  private drop(accountId: string): void {
    this.entries.delete(accountId);
    this.running.delete(accountId);
    this.changes++;
  }

  private async askEach(ids: string[]): Promise<void> {
    const waiting = ids.values();
    const work = async () => {
      for (const id of waiting) await this.get(id);
    };
    await Promise.all(Array.from({ length: MAX_REFRESHES }, work));
  }

  private isKnown(id: string): boolean {
    const listed = this.entries.get(id)?.listed;
    return listed !== undefined && listed !== 'unknown';
  }

  private fetch(id: string): Promise<ListedModels> {
    const running = this.running.get(id);
    if (running !== undefined) return running;
    const account = this.directory.find(id);
    const askedAs = account ? askedAsOf(account) : '';
    const fetching: Promise<ListedModels> = this.ask(account).then((listed) => {
      // Forgotten meanwhile: an answer to a question nobody asks any more.
      if (this.running.get(id) !== fetching) return listed ?? 'unknown';
      this.running.delete(id);
      const entry: Entry = {
        ...this.shared(listed ?? this.entries.get(id)?.listed ?? 'unknown'),
        refreshAt: this.clock.now() + (listed ? FRESH_MS : FAILED_MS),
        askedAs,
      };
      const before = this.entries.get(id);
      this.entries.set(id, entry);
      // Most lists are the same an hour later.
      if (before?.digest !== entry.digest) this.changes++;
      return entry.listed;
    });
    this.running.set(id, fetching);
    return fetching;
  }

  /** An equal list that is there already, else this one. */
  private shared(listed: ListedModels): Pick<Entry, 'listed' | 'digest'> {
    const digest = createHash('sha256').update(JSON.stringify(listed)).digest('base64');
    for (const entry of this.entries.values()) if (entry.digest === digest) return { listed: entry.listed, digest };
    return { listed, digest };
  }

  private async ask(account: Account | undefined): Promise<ListedModels | undefined> {
    if (!account) return undefined;
    const { id } = account;
    try {
      return await this.askWithToken(account);
    } catch (thrown) {
      const { failure, message } = toGatewayError(thrown);
      const reason = quoteService(failure?.serviceMessage ?? message);
      this.logger.warn({ msg: `The models of account ${id} are not known: ${reason}`, account: id });
      return undefined;
    }
  }

  private async askWithToken(account: Account): Promise<ListedModels> {
    const token = await this.tokens.accessToken(account.id);
    try {
      return await this.list(account, token);
    } catch (error) {
      if (toGatewayError(error).failure?.retry !== 'renew-token') throw error;
      return this.list(account, await this.tokens.accessToken(account.id, { renewIf: token }));
    }
  }

  private list(account: Account, token: string): Promise<ListedModels> {
    const { dispatcher } = this.http;
    if (account.provider === 'anthropic') {
      return listEndpointModels(endpointOf(account.baseUrl ?? OFFICIAL_API), token, dispatcher);
    }
    return listModels(surfaceOf(account, this.configuration.settings), token, dispatcher);
  }
}

function askedAsOf(account: Account): string {
  const { baseUrl, apiEndpoint, binding, origin, region, profileArn, credentialsSince } = account;
  return JSON.stringify([baseUrl, apiEndpoint, binding, origin, region, profileArn, credentialsSince]);
}

async function settledWithin(milliseconds: number, work: Promise<void>): Promise<void> {
  const { promise: isOver, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, milliseconds);
  await Promise.race([work, isOver]);
  clearTimeout(timer);
}
