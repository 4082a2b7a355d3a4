import type { RefreshFailure, SimulatedAccount } from '../account.js';
import { wait } from '../answers/wait.js';
import type { Exchange } from '../exchange.js';
import type { SimulatorState } from '../simulator-state.js';
import { invalidRequest, SignInError, wrongRegion } from './sign-in-error.js';

/** The token endpoint's three operations, and Kiro's one: JSON in camelCase only (sheet §9.1, §9.5). */
export async function handleSignIn(exchange: Exchange, operation: string, state: SimulatorState): Promise<void> {
  try {
    const body = readBody(exchange);
    switch (operation) {
      case 'RegisterClient':
        return exchange.sendJson(200, state.signIn.registerClient(body));
      case 'StartDeviceAuthorization':
        return exchange.sendJson(200, state.signIn.startDevice(body, originOf(exchange)));
      case 'RefreshToken':
        return await renew(exchange, state.signIn.socialAccountOf(body), () => state.signIn.renewSocial(body));
      default:
        return await createToken(exchange, body, state);
    }
  } catch (error) {
    if (!(error instanceof SignInError)) {
      throw error;
    }
    exchange.record.outcome = 'refused';
    exchange.record.error = { status: error.status, type: error.error, message: error.message };
    const body = { error: error.error, error_description: error.message, ...error.fields };
    exchange.sendJson(error.status, body, error.headers);
  }
}

async function createToken(exchange: Exchange, body: Record<string, unknown>, state: SimulatorState): Promise<void> {
  if (body.grantType === 'refresh_token') {
    return renew(exchange, state.signIn.accountOf(body), () => state.signIn.createToken(body));
  }
  const pollFailure = state.signIn.devices.takeFailure(body.deviceCode);
  if (pollFailure) {
    return fail(exchange, pollFailure);
  }
  const tokens = state.signIn.createToken(body);
  exchange.record.accountId = state.accounts.ofAccessToken(tokens.accessToken)?.id;
  exchange.sendJson(200, tokens);
}

async function renew(exchange: Exchange, account: SimulatedAccount | undefined, issue: () => object): Promise<void> {
  exchange.record.accountId = account?.id;
  const { refreshLatencyMs = 0, refreshAnswerLatencyMs = 0, refreshFailure, ssoRegion } = account ?? {};
  if (refreshLatencyMs > 0 && !(await wait(exchange.response, refreshLatencyMs))) {
    return;
  }
  const region = regionAsked(exchange);
  if (ssoRegion !== undefined && region !== undefined && region !== ssoRegion) {
    throw wrongRegion(ssoRegion);
  }
  if (refreshFailure) {
    return fail(exchange, refreshFailure);
  }
  const tokens = issue();
  if (refreshAnswerLatencyMs === 0 || (await wait(exchange.response, refreshAnswerLatencyMs))) {
    exchange.sendJson(200, tokens);
  }
}

/** The region of AWS's own host names, where a request came by one of them. */
function regionAsked(exchange: Exchange): string | undefined {
  return /^oidc\.([a-z0-9-]+)\.amazonaws\.com$/.exec(exchange.request.headers.host ?? '')?.[1];
}

function fail(exchange: Exchange, failure: RefreshFailure): void {
  if (failure.kind === 'reset') {
    exchange.reset();
  } else if (failure.kind !== 'silence') {
    const { error, description = 'Scripted failure', status = 400, retryAfter } = failure;
    throw new SignInError(
      error,
      description,
      status,
      {},
      retryAfter === undefined ? {} : { 'retry-after': `${retryAfter}` },
    );
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
