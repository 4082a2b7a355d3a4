import { Injectable } from '@nestjs/common';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { AUTH_FAILURES, type AuthFailure } from '../auth/security-events/security-event.js';
import type { BreakerState } from '../core/pool/breaker.js';
import type { FailureClass } from '../core/pool/failure.js';
import type { ClientProtocol } from '../core/protocols/protocol-of-path.js';
import type { EndedRequest } from '../platform/logging/ended-request.js';
import { VERSION } from '../platform/version.js';

/** How an attempt at upstream ended. */
export type AttemptStatus = 'success' | 'error' | 'cancelled';
/** Why a response was not kept: the database failed or took too long, too much waits for it, or it is too large. */
export type UnstoredReason = 'failed' | 'too_slow' | 'busy' | 'too_large';
/** What kept a request from being let in: a limit of its key, or the models that it may use. */
export type KeyRefusal =
  | 'requests_per_minute'
  | 'tokens_per_minute'
  | 'max_concurrent'
  | 'monthly_token_budget'
  | 'monthly_cost_budget'
  | 'allowed_models';
/** What the token endpoint answered: a token, that only a new sign-in helps, or nothing of use this time. */
export type RenewalOutcome = 'renewed' | 'refused' | 'failed';

/** Where an account stands now, for the gauges. */
export interface AccountStanding {
  accountId: string;
  isAvailable: boolean;
  breaker: BreakerState;
}

const BREAKER_VALUES: Record<BreakerState, number> = { closed: 0, half_open: 1, open: 2 };
const SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300];

/**
 * Every instrument of the service, in one place. The `amazonq_…` names are a promise (contract §5), pinned by a
 * test. A registry of its own, so that two gateways in one process do not count together.
 */
@Injectable()
export class Metrics {
  readonly registry = new Registry();

  private readonly attempts = new Counter({
    name: 'amazonq_requests_total',
    help: 'Attempts at upstream, by account and how they ended',
    labelNames: ['account_id', 'status'],
    registers: [this.registry],
  });
  private readonly attemptErrors = new Counter({
    name: 'amazonq_errors_total',
    help: 'Failed attempts at upstream, by account and failure class',
    labelNames: ['account_id', 'error_type'],
    registers: [this.registry],
  });
  private readonly attemptSeconds = new Histogram({
    name: 'amazonq_response_seconds',
    help: 'Seconds from sending to the end of the answer',
    labelNames: ['account_id'],
    buckets: SECONDS,
    registers: [this.registry],
  });
  private readonly active = new Gauge({
    name: 'amazonq_active_requests',
    help: 'Attempts at upstream that run now',
    labelNames: ['account_id'],
    registers: [this.registry],
  });
  private readonly available = new Gauge({
    name: 'amazonq_account_available',
    help: '1 when the account can be chosen, else 0',
    labelNames: ['account_id'],
    registers: [this.registry],
    collect: () => this.collectStandings(),
  });
  private readonly breakerStates = new Gauge({
    name: 'amq_gateway_circuit_breaker_state',
    help: "Of an account's breaker: 0 closed, 1 half open, 2 open",
    labelNames: ['account_id'],
    registers: [this.registry],
  });
  private readonly breakersOpened = new Counter({
    name: 'amazonq_circuit_breaker_opened_total',
    help: "How often an account's breaker opened, by what this process saw",
    labelNames: ['account_id'],
    registers: [this.registry],
  });
  private readonly probes = new Counter({
    name: 'amq_gateway_probes_total',
    help: 'Probes of accounts, by outcome: success, or the failure class. They are not among amazonq_requests_total',
    labelNames: ['outcome'],
    registers: [this.registry],
  });
  private readonly requests = new Counter({
    name: 'amq_gateway_requests_total',
    help: 'Requests of clients, by protocol and how they ended',
    labelNames: ['protocol', 'outcome'],
    registers: [this.registry],
  });
  private readonly triedAccounts = new Histogram({
    name: 'amq_gateway_attempts_per_request',
    help: 'Accounts tried for one request of a client, by how the request ended; requests that need none are left out',
    labelNames: ['outcome'],
    buckets: [1, 2, 3, 5, 10],
    registers: [this.registry],
  });
  private readonly waiting = new Gauge({
    name: 'amq_gateway_waiting_requests',
    help: 'Requests that wait because every account that could serve them is at its own limits',
    registers: [this.registry],
  });
  private readonly ignoredFields = new Counter({
    name: 'amq_gateway_ignored_fields_total',
    help: 'Requests that carried a field which is accepted and ignored, by field',
    labelNames: ['field'],
    registers: [this.registry],
  });
  private readonly betas = new Counter({
    name: 'amq_gateway_betas_total',
    help: 'Requests that asked for a beta of the Anthropic API, by beta',
    labelNames: ['beta'],
    registers: [this.registry],
  });
  private readonly renewals = new Counter({
    name: 'amq_gateway_token_renewals_total',
    help: 'Renewals of access tokens asked of a token endpoint, by how they ended',
    labelNames: ['outcome'],
    registers: [this.registry],
  });
  private readonly registrationEnds = new Gauge({
    name: 'amq_gateway_client_registration_expires_timestamp_seconds',
    help: "When the client registration of an account's sign-in ends, where that is known: it can't be renewed then",
    labelNames: ['account_id'],
    registers: [this.registry],
  });
  private readonly unstored = new Counter({
    name: 'amq_gateway_unstored_responses_total',
    help: 'Responses that should have been stored and were not, by reason',
    labelNames: ['reason'],
    registers: [this.registry],
  });
  private readonly keyRefusals = new Counter({
    name: 'amq_gateway_key_refusals_total',
    help: 'Requests that were refused for a limit of their API key, or the models that it may use, by which of them',
    labelNames: ['limit'],
    registers: [this.registry],
  });
  private readonly authFailures = new Counter({
    name: 'amq_gateway_auth_failures_total',
    help: 'Requests that were not let in, by reason',
    labelNames: ['reason'],
    registers: [this.registry],
  });

  private standings: () => Iterable<AccountStanding> = () => [];

  constructor() {
    collectDefaultMetrics({ register: this.registry });
    for (const reason of AUTH_FAILURES) this.authFailures.inc({ reason }, 0);
    new Gauge({
      name: 'amq_gateway_build_info',
      help: 'Always 1; the version is in the label',
      labelNames: ['version'],
      registers: [this.registry],
    }).set({ version: VERSION }, 1);
  }

  attemptStarted(accountId: string): void {
    this.active.inc({ account_id: accountId });
  }

  attemptEnded(accountId: string, status: AttemptStatus, seconds: number, errorType?: string): void {
    this.active.dec({ account_id: accountId });
    this.attempts.inc({ account_id: accountId, status });
    this.attemptSeconds.observe({ account_id: accountId }, seconds);
    if (errorType) this.attemptErrors.inc({ account_id: accountId, error_type: errorType });
  }

  probeEnded(outcome: 'success' | FailureClass): void {
    this.probes.inc({ outcome });
  }

  /** Where each account stands is asked for when the metrics are read. */
  readStandings(standings: () => Iterable<AccountStanding>): void {
    this.standings = standings;
  }

  breakerOpened(accountId: string): void {
    this.breakersOpened.inc({ account_id: accountId });
  }

  tokenRenewal(outcome: RenewalOutcome): void {
    this.renewals.inc({ outcome });
  }

  /** @param expiresAt undefined: it is not known, or the account is gone */
  clientRegistration(accountId: string, expiresAt: Date | undefined): void {
    if (expiresAt) this.registrationEnds.set({ account_id: accountId }, expiresAt.getTime() / 1000);
    else this.registrationEnds.remove({ account_id: accountId });
  }

  requestEnded({ protocol, outcome, facts }: EndedRequest): void {
    this.requests.inc({ protocol, outcome });
    if (facts.attempts !== undefined) this.triedAccounts.observe({ outcome }, facts.attempts);
  }

  /** It never became one: refused where connections are made. */
  connectionRefused(protocol: ClientProtocol): void {
    this.requests.inc({ protocol, outcome: 'error' });
  }

  waitingRequests(count: number): void {
    this.waiting.set(count);
  }

  responseUnstored(reason: UnstoredReason): void {
    this.unstored.inc({ reason });
  }

  authFailed(reason: AuthFailure): void {
    this.authFailures.inc({ reason });
  }

  keyRefused(limit: KeyRefusal): void {
    this.keyRefusals.inc({ limit });
  }

  /** What a request asked for and does not get; names from the closed lists of core/protocols/anthropic only. */
  requestIgnored(fields: Iterable<string>, betas: Iterable<string>): void {
    for (const field of fields) this.ignoredFields.inc({ field });
    for (const beta of betas) this.betas.inc({ beta });
  }

  /** Accounts that are gone are not there any more. */
  private collectStandings(): void {
    this.available.reset();
    this.breakerStates.reset();
    for (const { accountId, isAvailable, breaker } of this.standings()) {
      this.available.set({ account_id: accountId }, isAvailable ? 1 : 0);
      this.breakerStates.set({ account_id: accountId }, BREAKER_VALUES[breaker]);
    }
  }
}
