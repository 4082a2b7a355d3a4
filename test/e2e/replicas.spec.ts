import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { Simulator } from '../../simulator/simulator.js';
import { post, QUESTION, streamed } from '../support/ask.js';
import { describeOnEachEmptyDatabase } from '../support/databases.js';
import { describeWith } from '../support/services.js';
import { ADMIN_KEY, startGateway } from '../support/start-gateway.js';

let simulator: Simulator;

beforeEach(async () => {
  simulator = await Simulator.start();
});
afterEach(() => simulator.close());

describeWith('redis', 'two replicas that share a Redis', (redisUrl) => {
  describeOnEachEmptyDatabase('and a database', (database) => {
    it('start, serve, know the same keys and accounts, renew each token once, and stop', async () => {
      const environment = { ...database().environment, REDIS_URL: redisUrl };
      const first = await startGateway(simulator, { accounts: 2, ...environment });
      // Accounts are in the database by now: the second is told none.
      const second = await startGateway(simulator, { accounts: 0, ...environment });
      for (const gateway of [first, second]) {
        expect((await fetch(`${gateway.url}/health/ready`)).status).toBe(200);
        expect((await post(gateway, QUESTION)).status).toBe(200);
        expect((await streamed(gateway)).at(-1)?.type).toBe('message_stop');
      }
      const created = await fetch(`${first.url}/v2/api-keys`, {
        method: 'POST',
        headers: { 'x-api-key': ADMIN_KEY, 'content-type': 'application/json' },
        body: JSON.stringify({ name: 'laptop' }),
      });
      const { key } = (await created.json()) as { key: string };
      expect((await post(second, QUESTION, { headers: { 'x-api-key': key } })).status).toBe(200);
      expect(simulator.accounts.map((account) => account.renewals)).toEqual([1, 1]);
      await Promise.all([first.close(), second.close()]);
    });
  });
});
