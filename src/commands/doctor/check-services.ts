import { Agent } from 'undici';
import { type Account, isUsable } from '../../accounts/account.js';
import { surfaceOf } from '../../accounts/surface-of.js';
import type { Settings } from '../../platform/config/settings.js';
import { OFFICIAL_API } from '../../upstreams/anthropic/endpoint.js';
import { askService, type ServiceAnswer } from './ask-service.js';
import { type Finding, open, right, wrong } from './finding.js';

/** Two endpoints of Amazon Q, two regions, and some of accounts' own. */
const MOST_ASKED = 10;
/** Requests are not signed by time, but tokens end by the clock, and so do certificates. */
const LARGEST_SKEW_MS = 60_000;
const PROXY_VARIABLES = ['HTTPS_PROXY', 'https_proxy', 'ALL_PROXY', 'all_proxy'];

/** Whether the services can be reached as the gateway reaches them: directly. And the clock, by what they say. */
export async function* checkServices(
  settings: Settings,
  accounts: readonly Account[] = [],
  environment: Readonly<Record<string, string | undefined>>,
): AsyncGenerator<Finding> {
  const dispatcher = new Agent({ connect: { timeout: 10_000 } });
  const proxy = PROXY_VARIABLES.find((name) => environment[name]);
  let timed: ServiceAnswer | undefined;
  try {
    for (const [url, check] of [...servicesOf(settings, accounts)].slice(0, MOST_ASKED)) {
      const asked = await askService(url, dispatcher);
      if ('problem' in asked) {
        const advice = proxy ? `${asked.advice}. ${proxy} is set, but the gateway connects directly` : asked.advice;
        yield wrong(check, `${url}: ${asked.problem}`, advice);
      } else {
        yield right(check, `${url} answers (${Math.round(asked.tookMs)} ms)`);
        if (asked.skewMs !== undefined) timed ??= asked;
      }
    }
  } finally {
    await dispatcher.destroy();
  }
  yield checkClock(timed?.skewMs);
}

/** URL → what it is there for; those of the settings, and of accounts in use. */
function servicesOf(settings: Settings, accounts: readonly Account[]): Map<string, string> {
  const services = new Map<string, string>();
  const add = (url: string, check: string) =>
    services.set(new URL(url).origin, services.get(new URL(url).origin) ?? check);
  const used = accounts.filter((account) => isUsable(account, Date.now()));
  const surfaces = used.filter(({ provider }) => provider === 'amazonq').map((account) => surfaceOf(account, settings));
  // Where nobody is signed in yet: where a Builder ID would be.
  if (surfaces.length === 0) surfaces.push(surfaceOf(NOBODY, settings));
  for (const { apiEndpoint } of surfaces) add(apiEndpoint, 'Amazon Q');
  for (const { tokenEndpoint } of surfaces) add(tokenEndpoint, 'token endpoint');
  for (const { provider, baseUrl } of used) if (provider === 'anthropic') add(baseUrl ?? OFFICIAL_API, 'endpoint');
  return services;
}

const NOBODY: Account = {
  id: '',
  label: '',
  provider: 'amazonq',
  enabled: true,
  status: 'active',
  statusSince: new Date(0),
  weight: 1,
  priority: 0,
  requestCount: 0,
  errorCount: 0,
  revision: 1,
  createdAt: new Date(0),
  updatedAt: new Date(0),
};

/** @param skewMs how much this machine is ahead */
export function checkClock(skewMs: number | undefined): Finding {
  if (skewMs === undefined) return open('clock', 'not checked: nobody told the time');
  const seconds = Math.round(Math.abs(skewMs) / 1000);
  if (Math.abs(skewMs) <= LARGEST_SKEW_MS) return right('clock', 'agrees with that of the service');
  const says = `${seconds} s ${skewMs > 0 ? 'ahead of' : 'behind'} that of the service`;
  return wrong('clock', says, 'Let NTP set it: tokens are renewed and end by the clock');
}
