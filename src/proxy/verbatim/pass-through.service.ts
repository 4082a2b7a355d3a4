import { Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import { Pool } from '../../accounts/pool/pool.service.js';
import { toGatewayError } from '../../core/errors.js';
import { Flow } from '../../core/messages/flow.js';
import { AnthropicStreamCodec } from '../../core/protocols/anthropic/anthropic-stream-codec.js';
import { RelayBody } from '../../core/protocols/anthropic-upstream/relay.js';
import { currentRequestId, noteFacts } from '../../platform/logging/request-context.js';
import { AnswerUse } from '../admission/answer-use.js';
import { apiHeadersOf } from '../api-headers.js';
import type { OnAccount, Routing } from '../conversation.js';
import { InternalErrors } from '../internal-errors.service.js';
import type { Measurement } from '../meter.js';
import { AnswerRunner } from '../reply/answer-runner.js';
import { StreamTimes } from '../reply/stream-times.js';
import { RequestAttempts } from '../request-attempts.js';
import { requestedModelOf } from '../requested-model.js';
import { briefModel, tellAccount } from '../tell-account.js';
import { EndpointTurns, type Passed } from './endpoint-turns.service.js';
import { takeBody } from './kept-body.js';
import { RelayWriter } from './relay-writer.js';
import { RelayedAnswers } from './relayed-answers.service.js';

/** Requests of the Messages API that go to accounts which speak it: as they are, their answers as they are. */
@Injectable()
export class PassThrough {
  constructor(
    private readonly pool: Pool,
    private readonly turns: EndpointTurns,
    private readonly answers: RelayedAnswers,
    private readonly runner: AnswerRunner,
    private readonly times: StreamTimes,
    private readonly internalErrors: InternalErrors,
  ) {}

  /**
   * Answers `POST /v1/messages` where an endpoint's turn has come, or where only an endpoint can do what it asks for.
   * @param routing what beside the model decides on the account
   * @param use where to note what the answer uses
   * @returns undefined: it is answered, well or badly; else it is still to be answered, after what was tried so far
   * @throws GatewayError when it failed before the answer began
   */
  async answer(
    request: Request,
    response: Response,
    routing: Routing,
    use: AnswerUse,
  ): Promise<RequestAttempts | undefined> {
    const passed = this.passed(request, response, routing, use);
    const attempts = new RequestAttempts();
    return passed && (await this.turns.isForEndpoint(passed, attempts)) ? this.relay(passed, attempts) : attempts;
  }

  /**
   * Answers `POST /v1/messages/count_tokens` where an endpoint's turn has come.
   * @returns whether it is answered: a count that nobody could give is no error yet
   * @throws GatewayError for a request that the endpoint refused
   */
  async count(request: Request, response: Response): Promise<boolean> {
    // A count belongs to no conversation: whoever counts may ask somebody else.
    const { identity } = request;
    const routing = { caller: identity?.keyId, allowed: identity?.allowedModels };
    const passed = this.passed(request, response, routing, new AnswerUse());
    const attempts = new RequestAttempts();
    if (!passed || (await this.turns.next(passed, attempts)) !== 'anthropic') return false;
    const flow = new Flow();
    const writer = new RelayWriter(response, undefined, flow, this.times);
    try {
      const events = this.relayed(passed, attempts, flow, 'count_tokens');
      const end = await this.runner.run(writer.written(events), response, () => undefined);
      if (end === 'success') writer.end();
      return true;
    } catch (thrown) {
      const error = toGatewayError(thrown);
      if (writer.hasBegun || error.answer || error.kind === 'unavailable') throw error;
      return false;
    } finally {
      writer.dispose();
    }
  }

  /** Undefined where there is nobody, or nothing, to pass on. */
  private passed(request: Request, response: Response, routing: Routing, use: AnswerUse): Passed | undefined {
    const bytes = takeBody(request);
    if (!this.pool.hasEndpoints || bytes === undefined) return undefined;
    const model = requestedModelOf(request);
    if (model === undefined) return undefined;
    const { stream } = request.body as { stream?: unknown };
    // Of a field that is written twice one was checked, and the endpoint may read the other.
    const body = new RelayBody(routing.allowed ? Buffer.from(JSON.stringify(request.body)) : bytes);
    return { request, response, model, stream: stream === true, body, routing, use };
  }

  private async relay(passed: Passed, attempts: RequestAttempts): Promise<RequestAttempts | undefined> {
    const { request, response, stream } = passed;
    // Its bytes are enough, and let go sooner.
    request.body = undefined;
    const flow = new Flow();
    const codec = new AnthropicStreamCodec(currentRequestId() ?? '', { contextManagement: false });
    const writer = new RelayWriter(response, stream ? codec : undefined, flow, this.times);
    try {
      const events = this.relayed(passed, attempts, flow, 'messages');
      const end = await this.runner.run(writer.written(events), response, () => undefined);
      if (end === 'success') writer.end();
      return undefined;
    } catch (thrown) {
      const error = toGatewayError(thrown);
      if (await this.turns.mayBeAskedAsOurs(error, passed, attempts)) return attempts;
      if (!writer.hasBegun) throw error;
      this.internalErrors.report(error);
      noteFacts({ streamError: error.kind, failureClass: error.failure?.class, failureReason: error.failure?.reason });
      writer.fail(error);
      return undefined;
    } finally {
      writer.dispose();
    }
  }

  private relayed(passed: Passed, attempts: RequestAttempts, flow: Flow, operation: 'messages' | 'count_tokens') {
    const { request, response, model, stream, body, routing, use } = passed;
    noteFacts({ model: briefModel(model), stream });
    const relay = { operation, body, stream, headers: apiHeadersOf(request), flow };
    const tell = tellAccount(response);
    const onAccount: OnAccount = (accountId, tried, upstreamModel) => {
      use.modelId = upstreamModel;
      tell(accountId, tried, upstreamModel);
    };
    const learnt = (measurement: Measurement) => use.learnt(measurement);
    return this.answers.ask({ relay, model, attempts, onAccount, routing, learnt });
  }
}
