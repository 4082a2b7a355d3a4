import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AnthropicEndpoint } from '../../simulator/anthropic/anthropic-endpoint.js';
import { Simulator } from '../../simulator/simulator.js';
import { adminApi } from '../support/admin-api.js';
import { post, QUESTION } from '../support/ask.js';
import { addEndpoint } from '../support/endpoint-accounts.js';
import { modelsKnown } from '../support/models-known.js';
import { type RunningGateway, startGateway } from '../support/start-gateway.js';

let simulator: Simulator;
let endpoint: AnthropicEndpoint;
let gateway: RunningGateway;
let endpointId: string;
const admin = adminApi(() => gateway);

beforeAll(async () => {
  simulator = await Simulator.start();
  endpoint = await AnthropicEndpoint.start({ models: [QUESTION.model] });
  gateway = await startGateway(simulator, {
    accounts: 1,
    SESSION_AFFINITY_TTL: 3600,
    ALLOW_PRIVATE_ENDPOINTS: 'true',
  });
  await modelsKnown(gateway, simulator);
  ({ id: endpointId } = await addEndpoint(gateway, endpoint));
});
afterAll(async () => {
  await gateway.close();
  await endpoint.close();
  await simulator.close();
});

async function accountOf(conversation: string, body: object = {}): Promise<string | null> {
  const headers = { 'x-conversation-id': conversation };
  const response = await post(gateway, { ...QUESTION, ...body }, { headers });
  await response.text();
  expect(response.status).toBe(200);
  return response.headers.get('x-amq-account');
}

/** A conversation that went to that account first. */
async function boundTo(accountId: string | undefined, name: string): Promise<string> {
  for (const conversation of [`${name} 1`, `${name} 2`]) {
    if ((await accountOf(conversation)) === accountId) return conversation;
  }
  throw new Error(`${accountId} had no turn of two`);
}

async function accountsOf(conversation: string, bodies: object[]): Promise<Set<string | null>> {
  const accounts = new Set<string | null>();
  for (const body of bodies) accounts.add(await accountOf(conversation, body));
  return accounts;
}

const PLAIN = [{}, { stream: true }, {}];

describe('a conversation in a pool of both kinds of accounts', () => {
  it('stays at the endpoint, byte for byte, streamed or not', async () => {
    const conversation = await boundTo(endpointId, 'at the endpoint');
    expect(await accountsOf(conversation, PLAIN)).toEqual(new Set([endpointId]));
  });

  it('stays at the Amazon Q account', async () => {
    const [amazonq] = simulator.accounts;
    const conversation = await boundTo(amazonq?.id, 'at Amazon Q');
    expect(await accountsOf(conversation, PLAIN)).toEqual(new Set([amazonq?.id]));
  });

  it('goes to the endpoint once for what only that can do, and is back with the next turn', async () => {
    const [amazonq] = simulator.accounts;
    const conversation = await boundTo(amazonq?.id, 'there and back');
    const beyond = { tools: [{ type: 'code_execution_20250825', name: 'code_execution' }] };
    expect(await accountOf(conversation, beyond)).toBe(endpointId);
    expect(await accountsOf(conversation, PLAIN)).toEqual(new Set([amazonq?.id]));
  });

  it('moves for good to the other kind when its account can’t serve any more', async () => {
    const [amazonq] = simulator.accounts;
    const conversation = await boundTo(endpointId, 'moves');
    await admin('POST', `/v2/accounts/${endpointId}/disable`);
    expect(await accountOf(conversation)).toBe(amazonq?.id);
    await admin('POST', `/v2/accounts/${endpointId}/enable`);
    expect(await accountsOf(conversation, PLAIN)).toEqual(new Set([amazonq?.id]));
  });

  it('is not bound by counting its tokens', async () => {
    const headers = { 'x-conversation-id': 'counted' };
    const { max_tokens: _, ...counted } = QUESTION;
    for (let each = 0; each < 3; each++) {
      const response = await post(gateway, counted, { path: '/v1/messages/count_tokens', headers });
      expect(response.status).toBe(200);
    }
    const accounts = [await accountOf('counted other'), await accountOf('counted')];
    expect(new Set(accounts).size).toBe(2);
  });
});
