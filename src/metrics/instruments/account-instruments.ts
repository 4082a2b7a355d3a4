import type { BreakerState } from '../../core/pool/breaker.js';
import { FAILURE_CLASSES, type FailureClass } from '../../core/pool/failure.js';
import type { Exposition } from '../families/exposition.js';
import { HistogramFamily } from '../families/histogram-family.js';
import { type Cell, ValueFamily } from '../families/value-family.js';
import { cellsOf } from './cells-of.js';
import { ANSWER_SECONDS } from './seconds.js';

const ATTEMPT_STATUSES = ['success', 'error', 'cancelled'] as const;
/** How an attempt at upstream ended. */
export type AttemptStatus = (typeof ATTEMPT_STATUSES)[number];

/** Where an account stands now. */
export interface AccountStanding {
  accountId: string;
  /** As operators are told. */
  status: string;
  isAvailable: boolean;
  breaker: BreakerState;
}

/** Looked at when somebody reads. */
export interface Standings {
  /** Every status there is. */
  statuses: readonly string[];
  read: () => Iterable<AccountStanding>;
}

/** Series of so many accounts that are gone are kept until somebody reads, whether or not anybody ever does. */
const FEW_ACCOUNTS = 1_000;
const BREAKER_VALUES: Record<BreakerState, number> = { closed: 0, half_open: 1, open: 2 };

interface Standing {
  available: Cell;
  breaker: Cell;
}

type AccountSeries = ReturnType<AccountInstruments['seriesOf']>;

/** What is counted by account. The series of an account come with it and go with it. */
export class AccountInstruments {
  private readonly attempts = new ValueFamily('counter', {
    name: 'amazonq_requests_total',
    help: 'Attempts at upstream, by account and how they ended',
    labelNames: ['account_id', 'status'],
  });
  private readonly attemptErrors = new ValueFamily('counter', {
    name: 'amazonq_errors_total',
    help: 'Failed attempts at upstream, by account and failure class',
    labelNames: ['account_id', 'error_type'],
  });
  private readonly attemptSeconds = new HistogramFamily({
    name: 'amazonq_response_seconds',
    help: 'Seconds from sending to the end of the answer',
    labelNames: ['account_id'],
    bounds: ANSWER_SECONDS,
  });
  private readonly active = new ValueFamily('gauge', {
    name: 'amazonq_active_requests',
    help: 'Attempts at upstream that run now',
    labelNames: ['account_id'],
  });
  private readonly available = new ValueFamily('gauge', {
    name: 'amazonq_account_available',
    help: '1 when the account can be chosen, else 0',
    labelNames: ['account_id'],
  });
  private readonly breakersOpened = new ValueFamily('counter', {
    name: 'amazonq_circuit_breaker_opened_total',
    help: "How often an account's breaker opened, by what this process saw",
    labelNames: ['account_id'],
  });
  private readonly breakerStates = new ValueFamily('gauge', {
    name: 'amq_gateway_circuit_breaker_state',
    help: "Of an account's breaker: 0 closed, 1 half open, 2 open",
    labelNames: ['account_id'],
  });
  private readonly byStatus = new ValueFamily('gauge', {
    name: 'amq_gateway_accounts',
    help: 'Accounts, by status',
    labelNames: ['status'],
  });
  private readonly registrationEnds = new ValueFamily('gauge', {
    name: 'amq_gateway_client_registration_expires_timestamp_seconds',
    help: "When the client registration of an account's sign-in ends, where that is known: it can't be renewed then",
    labelNames: ['account_id'],
  });
  private readonly series = new Map<string, AccountSeries>();
  private standings: Standings | undefined;
  private mostSeries = FEW_ACCOUNTS;

  constructor(exposition: Exposition) {
    exposition.add(this.attempts);
    exposition.add(this.attemptErrors);
    exposition.add(this.attemptSeconds);
    exposition.add(this.active);
    exposition.add(this.available);
    exposition.add(this.breakersOpened);
    exposition.add(this.breakerStates);
    exposition.add(this.byStatus);
    exposition.add(this.registrationEnds);
    exposition.onReading(() => this.look());
  }

  attemptStarted(accountId: string): void {
    this.of(accountId).active.value++;
  }

  attemptEnded(accountId: string, status: AttemptStatus, seconds: number, failure?: FailureClass): void {
    const series = this.of(accountId);
    series.active.value--;
    series.attempts[status].value++;
    series.seconds.observe(seconds);
    if (failure !== undefined) series.errors[failure].value++;
  }

  breakerOpened(accountId: string): void {
    this.of(accountId).opened.value++;
  }

  readStandings(standings: Standings): void {
    this.standings = standings;
    for (const status of standings.statuses) this.byStatus.of({ status });
  }

  /** @param expiresAt undefined: it is not known, or the account is gone */
  clientRegistration(accountId: string, expiresAt: Date | undefined): void {
    if (expiresAt) this.registrationEnds.of({ account_id: accountId }).value = expiresAt.getTime() / 1000;
    else this.registrationEnds.remove({ account_id: accountId });
  }

  private of(accountId: string): AccountSeries {
    const known = this.series.get(accountId);
    if (known) return known;
    if (this.series.size >= this.mostSeries) this.look();
    return this.added(accountId);
  }

  private added(accountId: string): AccountSeries {
    const series = this.seriesOf(accountId);
    this.series.set(accountId, series);
    return series;
  }

  private standingOf(accountId: string): Standing {
    const labels = { account_id: accountId };
    return { available: this.available.of(labels), breaker: this.breakerStates.of(labels) };
  }

  private seriesOf(accountId: string) {
    const labels = { account_id: accountId };
    return {
      attempts: cellsOf(ATTEMPT_STATUSES, (status) => this.attempts.of({ ...labels, status })),
      errors: cellsOf(FAILURE_CLASSES, (error_type) => this.attemptErrors.of({ ...labels, error_type })),
      seconds: this.attemptSeconds.of(labels),
      active: this.active.of(labels),
      opened: this.breakersOpened.of(labels),
      // Not before it is known.
      standing: undefined as Standing | undefined,
    };
  }

  private look(): void {
    const { standings } = this;
    if (!standings) return;
    const counts = new Map(standings.statuses.map((status) => [status, 0]));
    const here = new Set<string>();
    for (const { accountId, status, isAvailable, breaker } of standings.read()) {
      here.add(accountId);
      const series = this.series.get(accountId) ?? this.added(accountId);
      series.standing ??= this.standingOf(accountId);
      series.standing.available.value = isAvailable ? 1 : 0;
      series.standing.breaker.value = BREAKER_VALUES[breaker];
      counts.set(status, (counts.get(status) ?? 0) + 1);
    }
    for (const [status, count] of counts) this.byStatus.of({ status }).value = count;
    // What still runs on an account that is gone is counted to its end.
    for (const [id, { active }] of this.series) if (!here.has(id) && active.value === 0) this.forget(id);
    this.mostSeries = this.series.size + FEW_ACCOUNTS;
  }

  private forget(accountId: string): void {
    const labels = { account_id: accountId };
    this.series.delete(accountId);
    for (const status of ATTEMPT_STATUSES) this.attempts.remove({ ...labels, status });
    for (const error_type of FAILURE_CLASSES) this.attemptErrors.remove({ ...labels, error_type });
    for (const family of [this.attemptSeconds, this.active, this.breakersOpened]) family.remove(labels);
    for (const family of [this.available, this.breakerStates]) family.remove(labels);
  }
}
