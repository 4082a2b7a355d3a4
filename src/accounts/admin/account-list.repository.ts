import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type Repository, type SelectQueryBuilder } from 'typeorm';
import type { PagePosition } from '../../auth/input/page-cursor.js';
import { AccountEntity } from '../account.entity.js';
import { type Account, type AccountStatus, PROVIDERS, type Provider } from '../account.js';
import { TEXT_RULES } from '../account-fields.js';
import { toAccount } from '../account-row.js';
import { signInKey } from '../same-sign-in.js';
import { LEARNT_STATUSES } from '../shown-status.js';

export interface AccountFilter {
  status?: AccountStatus;
  provider?: Provider;
  enabled?: boolean;
  /** Part of the label, id, profile ARN or base URL, in any case (on SQLite, of the letters a–z). */
  text?: string;
}

export interface Moment {
  /** Epoch milliseconds. */
  now: number;
  /** Ids of the accounts whose token is being renewed. */
  renewing: readonly string[];
}

const { longest: LONGEST_ID, pattern: ID } = TEXT_RULES.id;

/** Accounts as they are stored now, whoever changed them: what the admin API shows. One statement each. */
@Injectable()
export class AccountListRepository {
  private readonly rows: Repository<AccountEntity>;
  private readonly like: 'LIKE' | 'ILIKE';

  constructor(@Inject(DataSource) dataSource: DataSource) {
    this.rows = dataSource.getRepository(AccountEntity);
    this.like = dataSource.options.type === 'postgres' ? 'ILIKE' : 'LIKE';
  }

  async find(id: string): Promise<Account | undefined> {
    if (id.length > LONGEST_ID || !ID.test(id)) return undefined; // Postgres takes no zero byte
    const row = await this.rows.findOneBy({ id });
    return row ? toAccount(row) : undefined;
  }

  /**
   * The accounts that have, or were given, this refresh token (or key).
   * @param baseUrl of an `anthropic` account
   */
  async findByToken(tokenDigest: string, baseUrl: string | undefined): Promise<Account[]> {
    const rows = await this.rows.findBy([{ tokenDigest }, { givenDigest: tokenDigest }]);
    const key = signInKey(tokenDigest, baseUrl);
    return rows.map(toAccount).filter((account) => signInKey(tokenDigest, account.baseUrl) === key);
  }

  /** All, the oldest first. */
  async all(): Promise<Account[]> {
    const rows = await this.rows.find({ order: { createdAt: 'ASC', id: 'ASC' } });
    return rows.map(toAccount);
  }

  /**
   * The oldest first, those after `position` only.
   * @param moment what a status depends on
   */
  async page(
    filter: AccountFilter,
    moment: Moment,
    position: PagePosition | undefined,
    limit: number,
  ): Promise<Account[]> {
    const query = this.rows.createQueryBuilder('account');
    if (position) {
      query.andWhere('(account.createdAt > :at OR (account.createdAt = :at AND account.id > :after))', {
        at: position.createdAt.getTime(),
        after: position.id,
      });
    }
    const { status, provider, enabled, text } = filter;
    if (provider) query.andWhere('account.provider = :provider', { provider });
    if (enabled !== undefined) query.andWhere('account.enabled = :enabled', { enabled });
    if (status) whereShown(query, status, moment);
    if (text) this.whereLike(query, text);
    const rows = await query.orderBy('account.createdAt').addOrderBy('account.id').limit(limit).getMany();
    return rows.map(toAccount);
  }

  private whereLike(query: SelectQueryBuilder<AccountEntity>, text: string): void {
    const columns = ['account.label', 'account.id', 'account.profileArn', 'account.baseUrl'];
    const part = `%${text.replace(/[!%_]/g, '!$&')}%`;
    query.andWhere(`(${columns.map((column) => `${column} ${this.like} :part ESCAPE '!'`).join(' OR ')})`, { part });
  }
}

/** `shownStatus` as a condition. */
function whereShown(query: SelectQueryBuilder<AccountEntity>, status: AccountStatus, moment: Moment): void {
  // What a later version of the service wrote is not to be used, and shown as disabled.
  const isOpen = '(account.enabled = :on AND account.provider IN (:...providers) AND account.status IN (:...learnt))';
  const isRenewing = moment.renewing.length === 0 ? '(1 = 0)' : 'account.id IN (:...renewing)';
  const isOver =
    "(account.status = 'quota_exhausted' AND account.statusUntil IS NOT NULL AND account.statusUntil <= :now)";
  const isActive = `(account.status = 'active' OR ${isOver})`;
  query.setParameters({ on: true, providers: PROVIDERS, learnt: LEARNT_STATUSES, status, ...moment });
  if (status === 'disabled') query.andWhere(`NOT ${isOpen}`);
  else query.andWhere(`${isOpen} AND ${conditionOf(status)}`);

  function conditionOf(learnt: Exclude<AccountStatus, 'disabled'>): string {
    if (learnt === 'active') return `${isActive} AND NOT ${isRenewing}`;
    if (learnt === 'refreshing') return `(account.status = :status OR (${isActive} AND ${isRenewing}))`;
    return `account.status = :status AND NOT ${isOver}`;
  }
}
