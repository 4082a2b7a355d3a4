import { limitedKey } from './limited-key.js';
import { checkBytes } from './load/check-bytes.js';
import { formatRequest } from './load/format-request.js';
import { prepareRoute, type Route } from './load/route.js';
import { adminKey } from './processes/start-proxy.js';
import type { Scenario } from './scenarios/scenario.js';
import type { Target } from './target.js';
import type { Upstream } from './upstream.js';

// As many and as long as Anthropic's SDK sends.
const sdkHeaders = {
  accept: 'application/json',
  'accept-encoding': 'gzip, deflate',
  'anthropic-version': '2023-06-01',
  connection: 'keep-alive',
  'content-type': 'application/json',
  'user-agent': 'Anthropic/JS 1.11.0',
  'x-stainless-arch': 'x64',
  'x-stainless-lang': 'js',
  'x-stainless-os': 'Linux',
  'x-stainless-package-version': '1.11.0',
  'x-stainless-retry-count': '0',
  'x-stainless-runtime': 'node',
  'x-stainless-runtime-version': 'v24.21.0',
  'x-stainless-timeout': '600',
};

export async function prepareGatewayRoute(scenario: Scenario, port: number): Promise<Route> {
  const headers = { ...sdkHeaders, 'x-api-key': scenario.isLimited ? await limitedKey(port) : adminKey };
  const request = formatRequest(scenario.path, headers, JSON.stringify(scenario.request));
  return prepareRoute({ port, request, check: scenario.check });
}

/**
 * The ways to the simulator, each tried once. The gateway goes first: what it sends upstream, headers and all, is what
 * the others send.
 */
export async function prepareRoutes(
  scenario: Scenario,
  ports: Record<Target, number>,
  upstream: Upstream,
): Promise<Record<Target, Route>> {
  upstream.serve(scenario);
  const gateway = await prepareGatewayRoute(scenario, ports.gateway);
  const { headers, body } = upstream.newestRequest;
  const { host: _host, 'content-length': _length, ...kept } = headers;
  const request = formatRequest('/generateAssistantResponse', kept as Record<string, string>, JSON.stringify(body));
  const check = checkBytes(scenario.answerBytes);
  return {
    gateway,
    'pass-through': await prepareRoute({ port: ports['pass-through'], request, check }),
    direct: await prepareRoute({ port: ports.direct, request, check }),
  };
}
