import type { Dispatcher } from 'undici';
import type { UpstreamHttp } from '../../src/upstreams/upstream-http.js';

/**
 * Leads calls to the service's own hosts to a simulator, which sees the host that was meant.
 * @returns how often each host was called; grows
 */
export function inRegions(http: UpstreamHttp, simulatorUrl: string): Map<string, number> {
  const calls = new Map<string, number>();
  const dispatcher = http.dispatcher.compose((dispatch) => (options, handler) => {
    const { host } = new URL(String(options.origin));
    if (!host.endsWith('.amazonaws.com')) return dispatch(options, handler);
    calls.set(host, (calls.get(host) ?? 0) + 1);
    const headers = { ...(options.headers as Record<string, string>), host };
    return dispatch({ ...options, origin: simulatorUrl, headers } as Dispatcher.DispatchOptions, handler);
  });
  Object.assign(http, { dispatcher });
  return calls;
}
