import type { RefreshFailure } from '../account.js';
import { wait } from '../answers/wait.js';
import type { Exchange } from '../exchange.js';
import type { SimulatorState } from '../simulator-state.js';
import { invalidRequest, SignInError } from './sign-in-error.js';

/** The token endpoint's three operations: JSON in camelCase only (sheet §9.1). */
export async function handleSignIn(exchange: Exchange, operation: string, state: SimulatorState): Promise<void> {
  try {
    const body = readBody(exchange);
    switch (operation) {
      case 'RegisterClient':
        return exchange.sendJson(200, state.signIn.registerClient(body));
      case 'StartDeviceAuthorization':
        return exchange.sendJson(200, state.signIn.startDevice(body, originOf(exchange)));
      default:
        return await createToken(exchange, body, state);
    }
  } catch (error) {
    if (!(error instanceof SignInError)) {
      throw error;
    }
    exchange.record.outcome = 'refused';
    exchange.record.error = { status: error.status, type: error.error, message: error.message };
    exchange.sendJson(error.status, { error: error.error, error_description: error.message });
  }
}

async function createToken(exchange: Exchange, body: Record<string, unknown>, state: SimulatorState): Promise<void> {
  const account = state.signIn.accountOf(body);
  exchange.record.accountId = account?.id;
  if (account && account.refreshLatencyMs > 0 && !(await wait(exchange.response, account.refreshLatencyMs))) {
    return;
  }
  if (account?.refreshFailure && body.grantType === 'refresh_token') {
    return failRefresh(exchange, account.refreshFailure);
  }
  const tokens = state.signIn.createToken(body);
  exchange.record.accountId ??= state.accounts.ofAccessToken(tokens.accessToken)?.id;
  exchange.sendJson(200, tokens);
}

function failRefresh(exchange: Exchange, failure: RefreshFailure): void {
  if (failure.kind === 'reset') {
    exchange.reset();
  } else if (failure.kind !== 'silence') {
    throw new SignInError(failure.error, failure.description ?? 'Scripted failure', failure.status ?? 400);
  }
}

function readBody(exchange: Exchange): Record<string, unknown> {
  if (!exchange.request.headers['content-type']?.startsWith('application/json')) {
    exchange.record.body = exchange.body.toString();
    throw invalidRequest('The body must be application/json');
  }
  try {
    const body = exchange.json();
    if (typeof body === 'object' && body !== null && !Array.isArray(body)) {
      return body as Record<string, unknown>;
    }
  } catch {
    // Answered below: this endpoint has its own words for bad JSON.
  }
  throw invalidRequest('The body must be a JSON object');
}

function originOf(exchange: Exchange): string {
  return `http://${exchange.request.headers.host ?? 'localhost'}`;
}
