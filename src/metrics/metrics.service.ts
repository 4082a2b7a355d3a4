import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Counter, Gauge } from 'prom-client';
import { AUTH_FAILURES, type AuthFailure } from '../auth/security-events/security-event.js';
import { FAILURE_CLASSES, type FailureClass } from '../core/pool/failure.js';
import type { ClientProtocol } from '../core/protocols/protocol-of-path.js';
import type { EndedRequest } from '../platform/logging/ended-request.js';
import { Exposition } from './families/exposition.js';
import { AccountInstruments, type AttemptStatus, type Standings } from './instruments/account-instruments.js';
import { LedgerInstruments, type LedgerStanding } from './instruments/ledger-instruments.js';
import { ModelInstruments } from './instruments/model-instruments.js';
import { ProcessInstruments, type Readiness } from './instruments/process-instruments.js';
import { RequestInstruments } from './instruments/request-instruments.js';
import { WebhookInstruments, type WebhookOutcome } from './instruments/webhook-instruments.js';

const UNSTORED_REASONS = ['failed', 'too_slow', 'busy', 'too_large'] as const;
/** Why a response was not kept: the database failed or took too long, too much waits for it, or it is too large. */
export type UnstoredReason = (typeof UNSTORED_REASONS)[number];

const KEY_REFUSALS = [
  'requests_per_minute',
  'tokens_per_minute',
  'max_concurrent',
  'monthly_token_budget',
  'monthly_cost_budget',
  'allowed_models',
] as const;
/** What kept a request from being let in: a limit of its key, or the models that it may use. */
export type KeyRefusal = (typeof KEY_REFUSALS)[number];

const RENEWAL_OUTCOMES = ['renewed', 'failed', 'refused'] as const;
/** What the token endpoint answered: a token, nothing of use this time, or that only a new sign-in helps. */
export type RenewalOutcome = (typeof RENEWAL_OUTCOMES)[number];

const PROBE_OUTCOMES = ['success', ...FAILURE_CLASSES] as const;

/**
 * Every instrument of the service. The `amazonq_…` names are a promise (contract §5), pinned by a test. A registry of
 * its own, so that two gateways in one process do not count together. What each request counts is in `instruments`.
 */
@Injectable()
export class Metrics implements OnApplicationShutdown {
  readonly registry = new Exposition();

  private readonly accounts = new AccountInstruments(this.registry);
  private readonly models = new ModelInstruments(this.registry);
  private readonly requests = new RequestInstruments(this.registry, this.models);
  private readonly process = new ProcessInstruments(this.registry);
  private readonly usageLedger = new LedgerInstruments(this.registry);
  private readonly webhooks = new WebhookInstruments(this.registry);

  private readonly probes = new Counter({
    name: 'amq_gateway_probes_total',
    help: 'Probes of accounts, by outcome: success, or the failure class. They are not among amazonq_requests_total',
    labelNames: ['outcome'],
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

  constructor() {
    for (const outcome of PROBE_OUTCOMES) this.probes.inc({ outcome }, 0);
    for (const outcome of RENEWAL_OUTCOMES) this.renewals.inc({ outcome }, 0);
    for (const reason of UNSTORED_REASONS) this.unstored.inc({ reason }, 0);
    for (const limit of KEY_REFUSALS) this.keyRefusals.inc({ limit }, 0);
    for (const reason of AUTH_FAILURES) this.authFailures.inc({ reason }, 0);
  }

  onApplicationShutdown(): void {
    this.process.close();
  }

  attemptStarted(accountId: string): void {
    this.accounts.attemptStarted(accountId);
  }

  attemptEnded(accountId: string, status: AttemptStatus, seconds: number, failure?: FailureClass): void {
    this.accounts.attemptEnded(accountId, status, seconds, failure);
  }

  probeEnded(outcome: 'success' | FailureClass): void {
    this.probes.inc({ outcome });
  }

  /** Where each account stands is asked for when the metrics are read. */
  readStandings(standings: Standings): void {
    this.accounts.readStandings(standings);
  }

  /** @param isListed whether an account lists a model of that id now */
  readListedModels(isListed: (model: string) => boolean): void {
    this.models.readListedModels(isListed);
  }

  /** @param protocols of the streams that are open, each as often as there are streams of it */
  readOpenStreams(protocols: () => Iterable<ClientProtocol>): void {
    this.requests.readOpenStreams(protocols);
  }

  /** Looked at when the metrics are read. */
  readReadiness(readiness: Readiness): void {
    this.process.readReadiness(readiness);
  }

  breakerOpened(accountId: string): void {
    this.accounts.breakerOpened(accountId);
  }

  tokenRenewal(outcome: RenewalOutcome): void {
    this.renewals.inc({ outcome });
  }

  /** @param expiresAt undefined: it is not known, or the account is gone */
  clientRegistration(accountId: string, expiresAt: Date | undefined): void {
    this.accounts.clientRegistration(accountId, expiresAt);
  }

  requestEnded(request: EndedRequest): void {
    this.requests.ended(request);
  }

  /** It never became one: refused where connections are made. */
  connectionRefused(protocol: ClientProtocol): void {
    this.requests.refused(protocol);
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

  /** What a request asked for and does not get; names from the closed lists of core/protocols only. */
  requestIgnored(fields: Iterable<string>, betas: Iterable<string>): void {
    for (const field of fields) this.ignoredFields.inc({ field });
    for (const beta of betas) this.betas.inc({ beta });
  }

  readUsageLedger(standing: () => LedgerStanding): void {
    this.usageLedger.readLedger(standing);
  }

  webhookDeliveries(outcome: WebhookOutcome, count: number): void {
    this.webhooks.ended(outcome, count);
  }

  waitingWebhookDeliveries(count: number): void {
    this.webhooks.waits(count);
  }
}
