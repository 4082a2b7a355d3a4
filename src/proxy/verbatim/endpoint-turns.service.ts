import { Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { Provider } from '../../accounts/account.js';
import { Pool } from '../../accounts/pool/pool.service.js';
import type { GatewayError } from '../../core/errors.js';
import { localAnswer } from '../../core/messages/emulations/local-answer.js';
import type { InputMessage } from '../../core/messages/vocabulary.js';
import type { RelayBody } from '../../core/protocols/anthropic-upstream/relay.js';
import { LiveSettings } from '../../settings/live-settings.service.js';
import type { AnswerUse } from '../admission/answer-use.js';
import type { Routing } from '../conversation.js';
import { decodedOf } from '../decoded-request.js';
import type { RequestAttempts } from '../request-attempts.js';

/** A request that an endpoint may be asked as it is. */
export interface Passed {
  request: Request;
  response: Response;
  model: string;
  stream: boolean;
  body: RelayBody;
  routing: Routing;
  use: AnswerUse;
}

/** Decides whether an endpoint is asked a request as it is. Notes in the attempts which account is to be next. */
@Injectable()
export class EndpointTurns {
  constructor(
    private readonly pool: Pool,
    private readonly settings: LiveSettings,
  ) {}

  /**
   * An endpoint that is full is waited for where nobody else can do what is asked; of one whose breaker is open the
   * client hears, and not that what it asks for is wrong.
   */
  async isForEndpoint(passed: Passed, attempts: RequestAttempts): Promise<boolean> {
    const next = await this.next(passed, attempts);
    if (next === 'anthropic') return true;
    const endpoint = await this.outlook(passed, attempts, 'anthropic');
    if (!endpoint.isThere && !endpoint.comesBack) return false;
    const decoded = decodedOf(passed.request);
    const isOurs = decoded !== undefined && localAnswer(decoded) === undefined;
    if (isOurs && (!endpoint.isThere || next === 'amazonq')) return false;
    if (isOurs && (await this.outlook(passed, attempts, 'amazonq')).isThere) return false;
    attempts.preferred = endpoint.accountId;
    return true;
  }

  /**
   * Whether the request is to be asked as one of ours, now that no endpoint answers it as it is: of an account of the
   * other kind, or once more without the thinking that another account sealed.
   */
  async mayBeAskedAsOurs(error: GatewayError, passed: Passed, attempts: RequestAttempts): Promise<boolean> {
    const { request, body } = passed;
    if (attempts.began || body.bytes === undefined) return false;
    if (error.failure?.change === 'without-thinking') {
      request.body = JSON.parse(body.bytes.toString('utf8'));
      if (!decodedOf(request)?.messages.some(hasThinking)) return false;
      attempts.askAgain('without-thinking');
      return true;
    }
    if (attempts.accounts.size > 0) {
      if (isFinal(error) || attempts.accounts.size >= this.settings.current.maxAttempts) return false;
    }
    const other = await this.outlook(passed, attempts, 'amazonq');
    if (!other.isThere) return false;
    attempts.preferred = other.accountId;
    request.body = JSON.parse(body.bytes.toString('utf8'));
    return decodedOf(request) !== undefined;
  }

  /**
   * What kind of account is asked next. The account is kept to: what is sent on its way as that kind's request would
   * otherwise be another one's turn, and the weights of the two kinds would not hold.
   */
  async next(passed: Passed, attempts: RequestAttempts): Promise<Provider | undefined> {
    const { model, routing } = passed;
    const next = await this.pool.preview({ model, excluded: attempts.accounts, ...routing });
    if (next) attempts.preferred = next.accountId;
    return next?.provider;
  }

  /** Whether an account of that kind can serve, now or when it has room again, or may be tried later. */
  private async outlook({ model, routing }: Passed, { accounts: excluded }: RequestAttempts, provider: Provider) {
    const { selection } = await this.pool.look({ model, provider, excluded, ...routing });
    const { chosen, freeAt, retryAt } = selection;
    const isThere = chosen !== undefined || freeAt !== undefined;
    return { accountId: chosen?.id, isThere, comesBack: retryAt !== undefined };
  }
}

/** Whether it is the same whoever is asked. */
function isFinal({ failure, kind }: GatewayError): boolean {
  if (failure) return failure.retry === 'never' || failure.retry === 'changed-request';
  // Said by the pool of accounts of one kind.
  return kind !== 'rate_limit' && kind !== 'no_account';
}

function hasThinking({ content }: InputMessage): boolean {
  return typeof content !== 'string' && content.some(({ type }) => type === 'thinking' || type === 'redacted_thinking');
}
