import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { Simulator } from '../../simulator/simulator.js';
import { adminApi } from '../support/admin-api.js';
import { eventually, post, QUESTION } from '../support/ask.js';
import { describeOnEachDatabase } from '../support/databases.js';
import { modelsKnown } from '../support/models-known.js';
import { describeWith } from '../support/services.js';
import { type RunningGateway, startGateway } from '../support/start-gateway.js';

let simulator: Simulator;
let running: RunningGateway[];

beforeEach(async () => {
  simulator = await Simulator.start();
  running = [];
});
afterEach(async () => {
  for (const gateway of running) await gateway.close();
  await simulator.close();
});

async function accountOf(gateway: RunningGateway, conversation: string): Promise<string | null> {
  const response = await post(gateway, QUESTION, { headers: { 'x-conversation-id': conversation } });
  expect(response.status).toBe(200);
  await response.text();
  return response.headers.get('x-amq-account');
}

describeWith('redis', 'conversations of two replicas', (redisUrl) => {
  describeOnEachDatabase('that share a Redis', (database) => {
    const open = async (accounts: number) => {
      const environment = { ...database().environment, REDIS_URL: redisUrl, SESSION_AFFINITY_TTL: 3600 };
      const gateway = await startGateway(simulator, { accounts, ...environment });
      running.push(gateway);
      return gateway;
    };

    it('stay at their account wherever they go on, after a restart too, and move together', async () => {
      const first = await open(3);
      await modelsKnown(first, simulator);
      // Keys of earlier runs are in Redis still.
      const conversations = Array.from({ length: 4 }, () => randomUUID());
      const accounts = [];
      for (const conversation of conversations) accounts.push(await accountOf(first, conversation));
      expect(new Set(accounts).size).toBe(3);

      // It knows of no account yet what it lists: the one that a conversation is bound to is asked first.
      const second = await open(0);
      for (const [index, conversation] of conversations.entries()) {
        expect(await accountOf(second, conversation)).toBe(accounts[index]);
      }

      const [conversation = ''] = conversations;
      const left = String(accounts[0]);
      const admin = adminApi(() => second);
      await admin('POST', `/v2/accounts/${left}/disable`);
      const next = await accountOf(second, conversation);
      expect(next).not.toBe(left);
      await admin('POST', `/v2/accounts/${left}/enable`);
      // The first one is told of it over Redis.
      await eventually(async () => (await accountOf(first, conversation)) === next);
      expect(await accountOf(second, conversation)).toBe(next);
    });
  });
});
