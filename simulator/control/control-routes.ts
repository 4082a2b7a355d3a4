import type { SimulatedAccount } from '../account.js';
import type { Exchange } from '../exchange.js';
import type { SimulatorState } from '../simulator-state.js';
import { readNewAccount, readPollFailures, readScriptChanges } from './control-account.js';
import { readAnswers } from './control-answer.js';
import { InvalidInput, readObject } from './read-fields.js';

type Reply = [status: number, value: unknown];

/** Drives a running simulator from outside, in JSON, under `/__simulator/`. */
export function handleControl(exchange: Exchange, state: SimulatorState): void {
  try {
    const [status, value] = route(exchange, state);
    exchange.sendJson(status, value);
  } catch (error) {
    if (error instanceof InvalidInput || error instanceof RangeError) {
      exchange.sendJson(400, { error: error.message });
    } else {
      throw error;
    }
  }
}

function route(exchange: Exchange, state: SimulatorState): Reply {
  const [, , resource, id, action] = exchange.path.split('/').map((part) => decodePart(part));
  switch (`${exchange.request.method} ${resource}${id === undefined ? '' : '/*'}${action === undefined ? '' : '/*'}`) {
    case 'GET state':
      return [200, describeState(state)];
    case 'POST accounts':
      return [201, describeAccount(state.accounts.add(readNewAccount(readBody(exchange))))];
    case 'PATCH accounts/*':
      return changeAccount(exchange, state, id ?? '');
    case 'POST accounts/*/*':
      return action === 'expire-tokens' ? expireTokens(state, id ?? '') : notFound();
    case 'POST answers':
      return enqueue(exchange, state);
    case 'POST device/*/*':
      return decideDevice(exchange, state, id ?? '', action ?? '');
    case 'GET requests':
      return [200, { requests: state.records.list }];
    case 'DELETE requests':
      state.records.clear();
      return [200, {}];
    case 'POST reset':
    case 'DELETE reset':
      state.answers.clear();
      state.responder = undefined;
      state.records.clear();
      return [200, {}];
    default:
      return notFound();
  }
}

function describeState(state: SimulatorState): object {
  return {
    accounts: state.accounts.all().map(describeAccount),
    requests: state.records.list.length,
    openStreams: state.openStreams,
    waitingAnswers: state.answers.length,
    tokenLifetime: state.accounts.tokenLifetimeSeconds,
  };
}

function describeAccount(account: SimulatedAccount): object {
  // The model list is long; its ids say enough.
  return { ...account, models: account.models.map((model) => model.modelId) };
}

function changeAccount(exchange: Exchange, state: SimulatorState, id: string): Reply {
  const account = state.accounts.find(id);
  if (!account) {
    return notFound();
  }
  const { quota, ...changes } = readScriptChanges(readBody(exchange));
  Object.assign(account, changes, { quota: { ...account.quota, ...quota } });
  return [200, describeAccount(account)];
}

function expireTokens(state: SimulatorState, id: string): Reply {
  const account = state.accounts.find(id);
  account?.expireTokens();
  return account ? [200, describeAccount(account)] : notFound();
}

function enqueue(exchange: Exchange, state: SimulatorState): Reply {
  const { accountId, answers } = readAnswers(readBody(exchange));
  if (accountId !== undefined && !state.accounts.find(accountId)) {
    throw new InvalidInput(`accountId: there is no account '${accountId}'`);
  }
  state.answers.add(answers, accountId);
  return [201, { waitingAnswers: state.answers.length }];
}

function decideDevice(exchange: Exchange, state: SimulatorState, userCode: string, action: string): Reply {
  if (action === 'poll-failures') {
    const failures = readPollFailures(readBody(exchange));
    return state.signIn.devices.failPolls(userCode, failures) ? [200, { userCode, failures }] : notFound();
  }
  if (action !== 'approve' && action !== 'deny') {
    return notFound();
  }
  const options = action === 'approve' ? readNewAccount(readBody(exchange)) : {};
  const known = state.signIn.devices.decide(userCode, action === 'approve' ? 'approved' : 'denied', options);
  return known ? [200, { userCode, decision: action }] : notFound();
}

function readBody(exchange: Exchange): Record<string, unknown> {
  if (exchange.body.length === 0) {
    return {};
  }
  try {
    return readObject(JSON.parse(exchange.body.toString()), 'body');
  } catch (error) {
    throw error instanceof SyntaxError ? new InvalidInput(`body: ${error.message}`) : error;
  }
}

function notFound(): Reply {
  return [404, { error: 'There is no such thing here.' }];
}

function decodePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new InvalidInput('path: not a valid URL');
  }
}
