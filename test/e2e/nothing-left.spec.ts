import { describe, expect, it } from '@jest/globals';
import { Simulator } from '../../simulator/simulator.js';
import { findLeaks } from '../soak/pool/leaks/find-leaks.js';
import { eventually, post, QUESTION } from '../support/ask.js';
import { countInUse } from '../support/memory-in-use.js';
import { ADMIN_KEY, startGateway } from '../support/start-gateway.js';

describe('requests that end in every possible way', () => {
  // `npm run soak:pool -- --part leaks` sends ten thousand.
  it('leave no lease, no answer, no connection, nobody waiting and nothing that grows', async () => {
    const { problems, ends, left } = await findLeaks({ requests: 300, seed: 20_261_121 });
    expect(problems).toEqual([]);
    expect(Object.keys(ends)).toEqual(
      expect.arrayContaining(['whole, 200', 'whole, 502', 'left sending', 'left waiting', 'left reading, 200']),
    );
    expect(left).toMatchObject({ 'leases in flight': 0, 'connections upstream after the end': 0 });
  }, 60_000);
});

describe('a gateway that was closed', () => {
  it('is not in memory any more: the next one does not pay for it', async () => {
    const simulator = await Simulator.start();
    const closed: WeakRef<object>[] = [];
    for (let number = 0; number < 5; number++) {
      const gateway = await startGateway(simulator);
      closed.push(new WeakRef(gateway.app));
      expect((await post(gateway, QUESTION)).status).toBe(200);
      const metrics = await fetch(`${gateway.url}/metrics`, { headers: { 'x-api-key': ADMIN_KEY } });
      expect(await metrics.text()).toContain('nodejs_gc_duration_seconds');
      await gateway.close();
    }
    await simulator.close();
    // What waits for a timer of the HTTP client may hold the last one, or two.
    await eventually(() => countInUse(closed) <= 2);
  });
});
