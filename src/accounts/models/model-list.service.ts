import { Injectable, Logger } from '@nestjs/common';
import { toGatewayError } from '../../core/errors.js';
import type { UpstreamModel } from '../../core/models/upstream-model.js';
import { Clock } from '../../platform/clock.js';
import { Configuration } from '../../platform/config/configuration.js';
import { listModels } from '../../upstreams/amazon-q/list-models.js';
import { UpstreamHttp } from '../../upstreams/upstream-http.js';
import { type Account, isUsable } from '../account.js';
import { AccountDirectory } from '../account-directory.service.js';
import { surfaceOf } from '../surface-of.js';
import { TokenKeeper } from '../tokens/token-keeper.service.js';

/** What an account lists; `unknown` while it could not be asked. */
export type ListedModels = readonly UpstreamModel[] | 'unknown';

interface Entry {
  listed: ListedModels;
  refreshAt: number;
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

  constructor(
    private readonly directory: AccountDirectory,
    private readonly tokens: TokenKeeper,
    private readonly http: UpstreamHttp,
    private readonly configuration: Configuration,
    private readonly clock: Clock,
  ) {
    directory.onReload((ids) => {
      for (const id of this.entries.keys()) if (!ids.has(id)) this.entries.delete(id);
    });
  }

  /**
   * What is known now, without waiting: undefined before the first answer. What is missing or old is asked for in the
   * background, and an old list served meanwhile.
   */
  peek(accountId: string): ListedModels | undefined {
    const entry = this.entries.get(accountId);
    const isDue = !entry || this.clock.now() >= entry.refreshAt;
    if (isDue && this.running.size < MAX_REFRESHES) void this.fetch(accountId);
    return entry?.listed;
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
    const ids = Array.from(this.directory.list())
      .filter(isUsable)
      .map((account) => account.id);
    const unasked = ids.filter((id) => this.peek(id) === undefined);
    if (unasked.length > 0) {
      const asked = this.askEach(unasked);
      await settledWithin(patienceMs, asked);
      if (!ids.some((id) => this.isKnown(id))) await asked;
    }
    return ids.map((id) => this.entries.get(id)?.listed ?? 'unknown');
  }

  /** After INVALID_MODEL_ID: the list was wrong, ask again. */
  forget(accountId: string): void {
    this.entries.delete(accountId);
    this.running.delete(accountId);
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
    const fetching: Promise<ListedModels> = this.ask(id).then((listed) => {
      // Forgotten meanwhile: an answer to a question nobody asks any more.
      if (this.running.get(id) !== fetching) return listed ?? 'unknown';
      this.running.delete(id);
      const entry: Entry = {
        listed: listed ?? this.entries.get(id)?.listed ?? 'unknown',
        refreshAt: this.clock.now() + (listed ? FRESH_MS : FAILED_MS),
      };
      this.entries.set(id, entry);
      return entry.listed;
    });
    this.running.set(id, fetching);
    return fetching;
  }

  private async ask(id: string): Promise<readonly UpstreamModel[] | undefined> {
    const account = this.directory.find(id);
    if (!account) return undefined;
    try {
      return await this.askWithToken(account);
    } catch (thrown) {
      const { failure, message } = toGatewayError(thrown);
      const reason = failure?.serviceMessage ?? message;
      this.logger.warn({ msg: `The models of account ${id} are not known: ${reason}`, account: id });
      return undefined;
    }
  }

  private async askWithToken(account: Account): Promise<readonly UpstreamModel[]> {
    const surface = surfaceOf(account, this.configuration.settings);
    const token = await this.tokens.accessToken(account.id);
    try {
      return await listModels(surface, token, this.http.dispatcher);
    } catch (error) {
      if (toGatewayError(error).failure?.retry !== 'renew-token') throw error;
      const renewed = await this.tokens.accessToken(account.id, { renewIf: token });
      return listModels(surface, renewed, this.http.dispatcher);
    }
  }
}

async function settledWithin(milliseconds: number, work: Promise<void>): Promise<void> {
  const { promise: isOver, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, milliseconds);
  await Promise.race([work, isOver]);
  clearTimeout(timer);
}
