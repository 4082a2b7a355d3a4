import type { AnthropicEndpoint } from '../../simulator/anthropic/anthropic-endpoint.js';
import { ModelList } from '../../src/accounts/models/model-list.service.js';
import { ADMIN_KEY, type RunningGateway } from './start-gateway.js';

/** What the admin API says of an account. */
export interface AccountView {
  id: string;
  status: string;
  statusReason: string | null;
  [field: string]: unknown;
}

const HEADERS = { 'x-api-key': ADMIN_KEY, 'content-type': 'application/json' };

/** Creates an account for an endpoint through the admin API; its models are known when this resolves. */
export async function addEndpoint(
  gateway: RunningGateway,
  endpoint: AnthropicEndpoint,
  fields: Record<string, unknown> = {},
): Promise<AccountView> {
  const response = await createEndpoint(gateway, { baseUrl: endpoint.url, apiKey: endpoint.key, ...fields });
  if (response.status !== 201) throw new Error(`${response.status}: ${await response.text()}`);
  const account = (await response.json()) as AccountView;
  await gateway.app.get(ModelList).get(account.id);
  return account;
}

export function createEndpoint(gateway: RunningGateway, fields: Record<string, unknown>): Promise<Response> {
  const body = { label: 'An endpoint', provider: 'anthropic', ...fields };
  return fetch(`${gateway.url}/v2/accounts`, { method: 'POST', headers: HEADERS, body: JSON.stringify(body) });
}

export async function viewAccount(gateway: RunningGateway, id: string): Promise<AccountView> {
  const response = await fetch(`${gateway.url}/v2/accounts/${id}`, { headers: HEADERS });
  return (await response.json()) as AccountView;
}

export async function deleteAccount(gateway: RunningGateway, id: string): Promise<void> {
  await fetch(`${gateway.url}/v2/accounts/${id}`, { method: 'DELETE', headers: HEADERS });
}

export function patchAccount(gateway: RunningGateway, id: string, fields: Record<string, unknown>): Promise<Response> {
  const body = JSON.stringify(fields);
  return fetch(`${gateway.url}/v2/accounts/${id}`, { method: 'PATCH', headers: HEADERS, body });
}

/** Says that an account is good again: what a test provoked does not keep the next one from it. */
export async function resetAccount(gateway: RunningGateway, id: string): Promise<void> {
  const response = await fetch(`${gateway.url}/v2/accounts/${id}/reset`, { method: 'POST', headers: HEADERS });
  if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
}
