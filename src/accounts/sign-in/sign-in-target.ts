import { invalidInput } from '../../auth/input/input-validation.pipe.js';
import type { Account } from '../account.js';
import { identityCenterUrl } from '../import/start-url.js';

const BUILDER_ID_START_URL = 'https://view.awsapps.com/start';
const BUILDER_ID_REGION = 'us-east-1';

/** Where somebody signs in. */
export interface SignInTarget {
  startUrl: string;
  region: string;
}

/**
 * Builder ID, unless a start URL leads to IAM Identity Center (amazon-q.md §9.1).
 * @param account the one that is signed in again: it knows what is not given
 * @throws GatewayError naming the field
 */
export function signInTarget(given: Partial<SignInTarget>, account?: Account): SignInTarget {
  const startUrl = identityCenterUrl(given.startUrl ?? account?.startUrl);
  if (startUrl !== undefined) {
    if (!isPlainUrl(startUrl)) throw wrong('startUrl', 'must be a URL without credentials');
    const region = given.region ?? account?.ssoRegion ?? account?.region;
    if (region === undefined) throw wrong('region', 'is required with startUrl: where IAM Identity Center is');
    return { startUrl, region };
  }
  if (given.startUrl === undefined && account?.profileArn !== undefined) {
    throw wrong('startUrl', 'is required: the account has a profile, so it is of IAM Identity Center');
  }
  if (given.region !== undefined && given.region !== BUILDER_ID_REGION) {
    throw wrong('region', `must be ${BUILDER_ID_REGION} for a Builder ID; IAM Identity Center needs startUrl as well`);
  }
  return { startUrl: BUILDER_ID_START_URL, region: BUILDER_ID_REGION };
}

export function isBuilderId({ startUrl }: SignInTarget): boolean {
  return startUrl === BUILDER_ID_START_URL;
}

function isPlainUrl(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { username, password } = new URL(url);
  return username === '' && password === '';
}

function wrong(path: string, problem: string) {
  return invalidInput([{ path, message: `${path} ${problem}` }]);
}
