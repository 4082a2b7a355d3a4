import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { ExecutionContext } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import type { Express, Request, Response } from 'express';
import { AuthGuard } from '../../src/auth/access/auth.guard.js';
import { ApiKeyService } from '../../src/auth/api-keys/api-key.service.js';
import { AuthModule } from '../../src/auth/auth.module.js';
import { requestContext } from '../../src/platform/logging/request-context.js';
import { Admission } from '../../src/proxy/admission/admission.service.js';
import type { AnswerUse } from '../../src/proxy/admission/answer-use.js';
import { decodedOf } from '../../src/proxy/decoded-request.js';
import { MessagesController } from '../../src/proxy/messages.controller.js';
import type { RunningGateway } from '../../test/support/start-gateway.js';
import type { AccessCase } from './cases.js';

/** A request at the door, before anybody looked at it. */
export interface Visit {
  request: Request;
  response: Response;
  context: ExecutionContext;
}

/** What an answer of a usual size used. */
const used = { inputTokens: 1_200, outputTokens: 300, cacheReadTokens: 800, firstEventMs: 400 };

/** The guard and the admission of a gateway, as its routes use them, without a connection in front. */
export class Door {
  private constructor(
    private readonly guard: AuthGuard,
    private readonly admission: Admission,
    private readonly app: Express,
    private readonly accessCase: AccessCase,
    private readonly secret: string,
  ) {}

  static async open({ app }: RunningGateway, accessCase: AccessCase): Promise<Door> {
    const guard = await app.select(AuthModule).get(ModuleRef, { strict: true }).create(AuthGuard);
    const key = { name: accessCase.name, scopes: ['inference' as const], ...accessCase.key };
    const { secret } = await app.get(ApiKeyService).create(key, { name: 'bench' });
    const express: Express = app.getHttpAdapter().getInstance();
    return new Door(guard, app.get(Admission), express, accessCase, secret);
  }

  /** What the connection and the body's reader make of a request. */
  visit(): Visit {
    const message = new IncomingMessage(Object.defineProperty(new Socket(), 'remoteAddress', { value: '127.0.0.1' }));
    message.method = 'POST';
    message.url = '/v1/messages';
    message.headers = { 'x-api-key': this.secret, 'anthropic-version': '2023-06-01' };
    const request: Request = Object.setPrototypeOf(message, this.app.request);
    const response: Response = Object.setPrototypeOf(new ServerResponse(message), this.app.response);
    request.res = response;
    request.body = this.accessCase.body;
    const context = {
      getClass: () => MessagesController,
      getHandler: () => MessagesController.prototype.create,
      switchToHttp: () => ({ getRequest: () => request, getResponse: () => response }),
    } as unknown as ExecutionContext;
    return { request, response, context };
  }

  /** @returns milliseconds until the request was let in */
  pass(visit: Visit): Promise<number> {
    return requestContext.run({ requestId: 'req_bench', startedAt: 0, facts: {} }, () => this.through(visit));
  }

  private async through({ request, response, context }: Visit): Promise<number> {
    const startedAt = performance.now();
    const entered = this.guard.canActivate(context);
    if (entered instanceof Promise) await entered;
    if (!this.accessCase.isAdmitted) return performance.now() - startedAt;
    const { model } = this.accessCase.body;
    const admitted = this.admission.admit({ model, request: () => decodedOf(request) }, request, response);
    const use = admitted instanceof Promise ? await admitted : admitted;
    const took = performance.now() - startedAt;
    end(use, response);
    return took;
  }
}

/** As an answer that was measured to its end. */
function end(use: AnswerUse, response: Response): void {
  use.modelId = 'claude-sonnet-4.5';
  use.learnt(used);
  response.emit('close');
}
