import type { SimulatedAccount } from './account.js';
import { sendError } from './answers/send-answer.js';
import { wait } from './answers/wait.js';
import { authenticate, checkStanding } from './authenticate.js';
import { checkProfile, profileRegion } from './checks/check-profile.js';
import { isObject, isPresent } from './checks/require-value.js';
import type { Exchange } from './exchange.js';
import { listedModel } from './model-list.js';
import { accessDenied, improperlyFormed } from './service-error.js';
import type { SimulatorState } from './simulator-state.js';
import { listUsageLimits } from './usage-limits.js';

/** ListAvailableModels, GetUsageLimits and ListAvailableProfiles, under both bindings (sheet §7.1, §8). */
export async function handleControlPlane(exchange: Exchange, operation: string, state: SimulatorState): Promise<void> {
  const account = authenticate(exchange.request.headers, state.accounts);
  exchange.record.accountId = account.id;
  checkStanding(account);
  if (account.latencyMs > 0 && !(await wait(exchange.response, account.latencyMs))) {
    return;
  }
  if (account.controlPlaneFailure) {
    exchange.record.answer = 'error';
    return sendError(exchange, account.controlPlaneFailure);
  }
  exchange.sendJson(200, perform(operation, readInput(exchange), account, { state, region: regionAsked(exchange) }));
}

interface Surroundings {
  state: SimulatorState;
  /** Undefined: this host stands for every region. */
  region: string | undefined;
}

function perform(operation: string, input: Input, account: SimulatedAccount, { state, region }: Surroundings): object {
  switch (operation) {
    case 'ListAvailableModels':
      return listModels(input, account);
    case 'GetUsageLimits':
      checkProfile(input.profileArn, account);
      return listUsageLimits(account, state.now());
    default:
      return listProfiles(input, account, region);
  }
}

type Input = Record<string, unknown>;

/** The region of the service's own host names (sheet §1.1), where a request came by one of them. */
function regionAsked(exchange: Exchange): string | undefined {
  return /^(?:q|codewhisperer)\.([a-z0-9-]+)\.amazonaws\.com$/.exec(exchange.request.headers.host ?? '')?.[1];
}

/** Fields may stand in the query, in the body, or in both: one of AWS's clients does so (sheet §7.1). */
function readInput(exchange: Exchange): Input {
  const body = exchange.json() ?? {};
  if (!isObject(body)) {
    throw improperlyFormed('the body must be an object');
  }
  const query = [...exchange.query].filter(([, value]) => value !== '');
  return { ...Object.fromEntries(query), ...body };
}

function listModels(input: Input, account: SimulatedAccount): object {
  if (typeof input.origin !== 'string') {
    throw improperlyFormed('origin is required');
  }
  checkProfile(input.profileArn, account);
  const { page, nextToken } = pageOf(account.models, input, 100);
  const defaultModel = account.models.find((model) => model.modelId === 'auto') ?? account.models[0];
  return { models: page.map(listedModel), defaultModel: defaultModel && listedModel(defaultModel), ...nextToken };
}

/** Each region's host knows its own profiles only (sheet §8.3). */
function listProfiles(input: Input, account: SimulatedAccount, region: string | undefined): object {
  if (account.kind === 'builder-id') {
    throw accessDenied('AWS Builder ID is not supported for this operation.');
  }
  const ssoIdentityDetails = {
    instanceArn: 'arn:aws:sso:::instance/ssoins-0000000000000000',
    oidcClientId: account.clientId,
    ssoRegion: 'us-east-1',
  };
  const here = account.profiles.filter(({ arn }) => region === undefined || profileRegion(arn) === region);
  const { page, nextToken } = pageOf(here, input, 10);
  const profiles = page.map(({ arn, name }) => ({
    arn,
    profileName: name,
    identityDetails: { ssoIdentityDetails },
    profileType: 'Q_DEVELOPER',
    status: 'ACTIVE',
  }));
  return { profiles, ...nextToken };
}

/** One page; its token is the place where the next one begins. */
function pageOf<Entry>(entries: readonly Entry[], input: Input, most: number) {
  const size = isPresent(input.maxResults) ? Number(input.maxResults) : most;
  if (!Number.isInteger(size) || size < 1 || size > most) {
    throw improperlyFormed(`maxResults must be 1 to ${most}`);
  }
  const start = isPresent(input.nextToken) ? Number(/^page-(\d+)$/.exec(String(input.nextToken))?.[1]) : 0;
  if (!(start >= 0 && start <= entries.length)) {
    throw improperlyFormed('nextToken is not one that was given');
  }
  const end = start + size;
  return {
    page: entries.slice(start, end),
    nextToken: end < entries.length ? { nextToken: `page-${end}` } : {},
  };
}
