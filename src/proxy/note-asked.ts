import type { Request } from 'express';
import { asksAModel } from '../core/protocols/asks-a-model.js';
import { noteFacts } from '../platform/logging/request-context.js';
import { requestedModelOf } from './requested-model.js';
import { briefModel } from './tell-account.js';

/** Tells the log line and the ledger what a request asks for, before it may be refused for it. */
export function noteAsked(request: Request): void {
  if (!asksAModel(request.method, request.path)) return;
  const model = requestedModelOf(request);
  if (model === undefined) return;
  const { stream } = request.body as { stream?: unknown };
  noteFacts({ model: briefModel(model), stream: stream === true });
}
