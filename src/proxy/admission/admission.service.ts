import { Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import { Pool } from '../../accounts/pool/pool.service.js';
import { modelNotAllowed } from '../../accounts/pool/pool-errors.js';
import type { Identity } from '../../auth/access/identity.js';
import type { KeyLimits } from '../../auth/api-keys/key-limits.js';
import type { GatewayError } from '../../core/errors.js';
import type { MessagesRequest } from '../../core/messages/vocabulary.js';
import { modelSpellings } from '../../core/models/model-spellings.js';
import type { TokenUse } from '../../core/models/prices.js';
import { rateLimitHeaders as anthropicHeaders } from '../../core/protocols/anthropic/rate-limit-headers.js';
import { otherModelsOf } from '../../core/protocols/anthropic-upstream/other-models.js';
import { rateLimitHeaders as openaiHeaders } from '../../core/protocols/openai/rate-limit-headers.js';
import { isOpenai, protocolOf } from '../../core/protocols/protocol-of-path.js';
import { type KeyRefusal, Metrics } from '../../metrics/metrics.service.js';
import { Clock } from '../../platform/clock.js';
import { noteFacts, type RequestFacts, requestContext } from '../../platform/logging/request-context.js';
import type { Allowance, AllowanceLimits, Amount, Spent, Standings } from '../../platform/state/allowance.js';
import { hasBudget } from '../../platform/state/allowance-units.js';
import { StateStore } from '../../platform/state/state-store.js';
import { Spending } from '../spending/spending.service.js';
import { tracedStep } from '../tracing/traced-step.js';
import { AnswerUse, NO_TOKENS, sumOf } from './answer-use.js';
import { limitReached } from './limit-reached.js';
import { type Estimate, TokenEstimates } from './token-estimates.service.js';

/** What is asked for, as far as it matters for who may. */
export interface Asked {
  /** As the client named it. */
  model: string;
  /** Undefined where we can't read it; asked for only where its tokens matter. */
  request: () => MessagesRequest | undefined;
}

/** A request that was let in, until its answer is over. */
interface Admitted {
  readonly keyId: string;
  readonly use: AnswerUse;
  readonly expected: TokenUse;
  /** Of the request's log line. */
  readonly facts: RequestFacts;
  readonly allowance?: Allowance;
}

/** Of a model, as an error quotes it. */
const LONGEST_NAME = 256;
const NOTHING_SPENT: Spent = { month: '', tokens: 0, cost: 0 };
const NOTHING_EXPECTED: Estimate = { modelId: '', use: NO_TOKENS };

/**
 * Lets a request in where its key may use the model and has room within its limits, before any account is chosen. What
 * it took is given back, and what it used is booked, when its response is over, however that came.
 */
@Injectable()
export class Admission {
  constructor(
    private readonly pool: Pool,
    private readonly estimates: TokenEstimates,
    private readonly state: StateStore,
    private readonly spending: Spending,
    private readonly metrics: Metrics,
    private readonly clock: Clock,
  ) {}

  /**
   * A promise only where the key has limits; tells of them in the response's headers.
   * @returns where to note what the answer uses
   * @throws GatewayError `permission` for the model, `rate_limit` or `quota` for a limit
   */
  admit(asked: Asked, request: Request, response: Response): AnswerUse | Promise<AnswerUse> {
    return tracedStep('admission', () => this.decide(asked, request, response));
  }

  private decide(asked: Asked, request: Request, response: Response): AnswerUse | Promise<AnswerUse> {
    const identity = callerOf(request);
    this.checkModel(asked.model, identity);
    const { keyId, limits } = identity;
    if (limits) return this.admitWithin(limits, asked, request, response);
    const facts = requestContext.getStore()?.facts ?? {};
    return this.admitted({ keyId, use: new AnswerUse(), expected: NO_TOKENS, facts }, response);
  }

  /** @throws GatewayError `permission` where the key may not use the model that is meant by the name */
  checkModel(model: string, { allowedModels }: Identity): void {
    if (!allowedModels || this.pool.mayBeAsked(model, allowedModels)) return;
    throw this.refusalOf(model);
  }

  /**
   * Of a request that an endpoint may be asked as it is: the models it names beside its own. There they mean what the
   * endpoint makes of them, so that their names count and nothing they would lead to here.
   * @throws GatewayError `permission` where the key may not use one of them
   */
  checkOtherModels({ body }: Request, { allowedModels }: Identity): void {
    if (!allowedModels || !this.pool.hasEndpoints) return;
    for (const other of otherModelsOf(body)) {
      if (!modelSpellings(other).some((spelling) => allowedModels.allows(spelling))) throw this.refusalOf(other);
    }
  }

  private refusalOf(model: string): GatewayError {
    this.metrics.keyRefused('allowed_models');
    return modelNotAllowed(model.slice(0, LONGEST_NAME));
  }

  private async admitWithin(
    keyLimits: KeyLimits,
    asked: Asked,
    request: Request,
    response: Response,
  ): Promise<AnswerUse> {
    const { keyId } = callerOf(request);
    const facts = requestContext.getStore()?.facts ?? {};
    const limits = allowanceLimitsOf(keyLimits);
    const { modelId, use: expected } = countsTokens(limits) ? this.estimateOf(asked, request) : NOTHING_EXPECTED;
    const amount = this.amountOf(modelId, expected);
    const spent = hasBudget(limits) ? await this.spending.spentThisMonth(keyId) : NOTHING_SPENT;
    const answer = await this.state.takeAllowance(`key:${keyId}`, limits, amount, spent);
    if ('refused' in answer) {
      const { refused } = answer;
      this.tellLimits(refused.standings, request, response);
      this.metrics.keyRefused(LABELS[refused.limit]);
      noteFacts({ keyLimit: LABELS[refused.limit] });
      throw limitReached({ refused, limits, expected: amount, now: this.clock.now() });
    }
    const { allowance } = answer;
    this.tellLimits(allowance.standings, request, response);
    return this.admitted({ keyId, use: new AnswerUse(), expected, facts, allowance }, response);
  }

  private estimateOf({ model, request }: Asked, { body }: Request): Estimate {
    const decoded = request();
    return decoded ? this.estimates.of(decoded) : this.estimates.ofUnread(model, body);
  }

  /** A response that closed meanwhile does not close again. */
  private admitted(admitted: Admitted, response: Response): AnswerUse {
    if (response.destroyed) this.ended(admitted, true);
    // Before the request is counted: what it cost belongs to it.
    else response.prependOnceListener('close', () => this.ended(admitted, !response.writableFinished));
    return admitted.use;
  }

  /** Answers that run are ended before: `AnswerRunner` listens to the response first. */
  private ended({ keyId, use, expected, facts, allowance }: Admitted, isCancelled: boolean): void {
    const tokens = use.tokens(expected, isCancelled);
    const used = this.amountOf(use.modelId ?? '', tokens, use.credits);
    if (used.tokens > 0 || used.cost > 0) {
      const { input, output, cacheRead, cacheWrite } = tokens;
      const { priceVersion } = this.spending;
      Object.assign(facts, { inputTokens: input, outputTokens: output, cost: used.cost, priceVersion });
      Object.assign(
        facts,
        cacheRead > 0 && { cacheReadTokens: cacheRead },
        cacheWrite > 0 && { cacheWriteTokens: cacheWrite },
      );
      if (!use.isMeasured) facts.outputEstimated = true;
    }
    this.spending.book(keyId, used);
    void allowance?.settle(used);
  }

  private amountOf(model: string, use: TokenUse, credits?: number): Amount {
    const tokens = sumOf(use);
    const isFree = tokens === 0 && credits === undefined;
    return { tokens, cost: isFree ? 0 : this.spending.costOf(model, use, credits) };
  }

  private tellLimits(standings: Standings, { path, headers }: Request, response: Response): void {
    if (response.headersSent) return;
    const told = isOpenai(protocolOf(path, headers))
      ? openaiHeaders(standings)
      : anthropicHeaders(standings, (milliseconds) => new Date(this.clock.now() + milliseconds).toISOString());
    for (const [name, value] of Object.entries(told)) response.setHeader(name, value);
  }
}

const LABELS: Readonly<Record<keyof AllowanceLimits, KeyRefusal>> = {
  requestsPerMinute: 'requests_per_minute',
  tokensPerMinute: 'tokens_per_minute',
  maxConcurrent: 'max_concurrent',
  monthlyTokenBudget: 'monthly_token_budget',
  monthlyCostBudget: 'monthly_cost_budget',
};

function callerOf({ identity }: Request): Identity {
  if (!identity) throw new Error('nobody is let in on a route that is open to everybody');
  return identity;
}

function allowanceLimitsOf(limits: KeyLimits): AllowanceLimits {
  return {
    requestsPerMinute: limits.requestsPerMinute ?? undefined,
    tokensPerMinute: limits.tokensPerMinute ?? undefined,
    maxConcurrent: limits.maxConcurrent ?? undefined,
    monthlyTokenBudget: limits.monthlyTokenBudget ?? undefined,
    monthlyCostBudget: limits.monthlyCostBudget ?? undefined,
  };
}

function countsTokens(limits: AllowanceLimits): boolean {
  return limits.tokensPerMinute !== undefined || hasBudget(limits);
}
