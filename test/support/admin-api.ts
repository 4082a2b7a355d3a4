import type { SimulatedAccount } from '../../simulator/simulator.js';
import { ADMIN_KEY, type RunningGateway } from './start-gateway.js';

export interface AdminCall {
  /** Text goes as it is, everything else as JSON. */
  body?: unknown;
  /** Null: none. */
  key?: string | null;
  headers?: Record<string, string>;
}

export interface AdminAnswer {
  status: number;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: answers under test, looked into at any depth
  body: any;
}

export type AdminApi = (method: string, path: string, call?: AdminCall) => Promise<AdminAnswer>;

/** Calls the admin API of a gateway, with its admin key unless told otherwise. */
export function adminApi(gateway: () => RunningGateway): AdminApi {
  return async (method, path, { body, key = ADMIN_KEY, headers = {} } = {}) => {
    const response = await fetch(gateway().url + path, {
      method,
      headers: {
        ...(key !== null && { 'x-api-key': key }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) };
  };
}

/** What an admin has to give of an account of the simulator. */
export function credentialsOf({ clientId, clientSecret, refreshToken }: SimulatedAccount) {
  return { clientId, clientSecret, refreshToken };
}
