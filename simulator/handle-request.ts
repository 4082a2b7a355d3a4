import type { IncomingMessage, ServerResponse } from 'node:http';
import { sendError } from './answers/send-answer.js';
import { handleControl } from './control/control-routes.js';
import { handleControlPlane } from './control-plane.js';
import { converse } from './converse.js';
import { Exchange } from './exchange.js';
import { findOperation } from './operations.js';
import { ServiceError } from './service-error.js';
import { handleSignIn } from './sign-in/sign-in-routes.js';
import type { SimulatorState } from './simulator-state.js';

/** Takes one request from the socket to its answer. Never rejects. */
export async function handleRequest(request: IncomingMessage, response: ServerResponse, state: SimulatorState) {
  const exchange = new Exchange(request, response, state.now());
  const { record } = exchange;
  const isControl = exchange.path.startsWith('/__simulator/');
  if (state.recordRequests && !isControl) {
    const bodyBytes = Number(request.headers['content-length'] ?? 0);
    state.records.add(record, Number.isFinite(bodyBytes) ? bodyBytes : 0);
  }
  try {
    await exchange.readBody();
    await (isControl ? handleControl(exchange, state) : dispatch(exchange, state));
  } catch (error) {
    refuse(exchange, error);
  }
}

async function dispatch(exchange: Exchange, state: SimulatorState): Promise<void> {
  const { operation, binding, service } = findOperation(exchange.request, exchange.path);
  exchange.record.operation = operation;
  exchange.record.binding = binding;
  switch (service) {
    case 'streaming':
      return converse(exchange, binding ?? 'restJson1', state);
    case 'control-plane':
      return handleControlPlane(exchange, operation, state);
    case 'sign-in':
      return handleSignIn(exchange, operation, state);
  }
}

function refuse(exchange: Exchange, error: unknown): void {
  const { record, response } = exchange;
  if (response.destroyed) {
    return;
  }
  const refusal = error instanceof ServiceError ? error : internalError(error);
  const { status, type, reason, message, detail } = refusal;
  record.outcome = 'refused';
  record.error = { status, type, message, ...(reason === undefined ? {} : { reason }), ...(detail ? { detail } : {}) };
  if (response.headersSent) {
    exchange.reset();
    return;
  }
  sendError(exchange, refusal.toAnswer());
}

function internalError(error: unknown): ServiceError {
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new ServiceError({
    status: 500,
    type: 'InternalServerException',
    reason: null,
    message: 'The simulator failed.',
    detail,
  });
}
