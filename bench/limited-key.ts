import { adminKey } from './processes/start-proxy.js';

/** Every limit a key may have, none of them ever reached. */
export const everyLimit = {
  requestsPerMinute: 1_000_000,
  tokensPerMinute: 1_000_000_000,
  maxConcurrent: 100_000,
  monthlyTokenBudget: 1_000_000_000_000,
  monthlyCostBudget: 1_000_000_000,
};

/** A new key of the gateway on this port, with every limit. */
export async function limitedKey(port: number): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}/v2/api-keys`, {
    method: 'POST',
    headers: { 'x-api-key': adminKey, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'limited', scopes: ['inference'], ...everyLimit }),
  });
  if (response.status !== 201) throw new Error(`no key was made: ${response.status} ${await response.text()}`);
  const { key } = (await response.json()) as { key: string };
  return key;
}
