import type { Settings } from '../platform/config/settings.js';
import type { Surface } from '../upstreams/amazon-q/surface.js';
import type { Account } from './account.js';

/** The API exists in these two regions only; other hosts don't resolve (amazon-q.md §1.1). */
export const API_REGIONS: readonly string[] = ['us-east-1', 'eu-central-1'];
const DEFAULT_REGION = 'us-east-1';

/**
 * What the Q CLI sends on these hosts, with either kind of sign-in: it asks for the Amazon Q Developer subscription.
 * `AI_EDITOR` and `KIRO_CLI` would ask for a Kiro plan (amazon-q.md §1.3, §2.3, §11.1).
 */
const DEFAULT_ORIGIN = 'CLI';

type SurfaceSettings = Pick<Settings, 'AMAZONQ_API_ENDPOINT' | 'AMAZONQ_TOKEN_ENDPOINT' | 'AMAZONQ_BINDING'>;

/** Where and how an account talks to Amazon Q: its own endpoints, else the ones set, else its regions' (contract §10.1). */
export function surfaceOf(account: Account, settings: SurfaceSettings): Surface {
  const apiHost = apiHostOf(apiRegion(account));
  const tokenUrl = `https://oidc.${ssoRegion(account)}.amazonaws.com/token`;
  return {
    apiEndpoint: withSlash(account.apiEndpoint ?? settings.AMAZONQ_API_ENDPOINT ?? apiHost),
    tokenEndpoint: account.tokenEndpoint ?? settings.AMAZONQ_TOKEN_ENDPOINT ?? tokenUrl,
    binding: account.binding ?? settings.AMAZONQ_BINDING,
    origin: account.origin ?? DEFAULT_ORIGIN,
    ...(account.profileArn && { profileArn: account.profileArn }),
  };
}

/** Of one of the two regions. */
export function apiHostOf(region: string): string {
  return `https://q.${region}.amazonaws.com/`;
}

/** A profile works in its own region only (amazon-q.md §1.1); the account's may be that of the sign-in alone. */
function apiRegion(account: Account): string {
  const candidates = [account.profileArn?.split(':')[3], account.region];
  return candidates.find((region) => region !== undefined && API_REGIONS.includes(region)) ?? DEFAULT_REGION;
}

/** The environment knows one region per account (contract §2), so it is the identity's unless that is given apart. */
function ssoRegion(account: Account): string {
  return account.ssoRegion ?? account.region ?? DEFAULT_REGION;
}

function withSlash(url: string): string {
  return url.endsWith('/') ? url : `${url}/`;
}
