import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { goodEnd, pause, stream, text } from '../../simulator/script.js';
import { Simulator } from '../../simulator/simulator.js';
import { eventually, QUESTION } from '../support/ask.js';
import { describeOnPostgres } from '../support/databases.js';
import { ServiceFolder } from '../support/service-process.js';
import { describeWith } from '../support/services.js';
import { SmallBalancer } from '../support/small-balancer.js';
import { ADMIN_KEY, accountsOf } from '../support/start-gateway.js';

const STREAMS = 50;
const CLIENTS = 4;
/** Still running when the service that answers is told to stop, and long after it stopped listening. */
const LONG = stream(text('begin'), pause(1_500), text(' middle'), pause(1_500), text(' end'), goodEnd());

let simulator: Simulator;
let folder: ServiceFolder;

beforeEach(async () => {
  simulator = await Simulator.start({ recordRequests: false });
  simulator.answer(({ body }) => (JSON.stringify(body).includes('Be long') ? LONG : undefined));
  folder = await ServiceFolder.create();
});
afterEach(async () => {
  await folder.remove();
  await simulator.close();
});

/** Asks, and reads the answer to its end. @returns its text; what went wrong, where something did */
async function ask(url: string, body: object, agent: Agent, begun?: () => void): Promise<string> {
  try {
    const headers = { 'x-api-key': ADMIN_KEY, 'content-type': 'application/json' };
    const asking = request(`${url}/v1/messages`, { method: 'POST', headers, agent });
    asking.end(JSON.stringify(body));
    const [response] = (await once(asking, 'response')) as [IncomingMessage];
    let answer = '';
    for await (const chunk of response) {
      answer += chunk;
      if (answer.includes('begin')) begun?.();
    }
    return answer;
  } catch (error) {
    return String(error);
  }
}

describeWith('redis', 'a rolling restart', (redisUrl) => {
  describeOnPostgres('of services that share a Redis and a database', (database) => {
    it('cuts none of 50 open streams, fails no request, and moves connections that are kept alive', async () => {
      const environment = {
        ...database().environment,
        ...accountsOf(simulator, 4),
        AMAZONQ_API_ENDPOINT: simulator.url,
        AMAZONQ_TOKEN_ENDPOINT: `${simulator.url}/token`,
        ADMIN_API_KEY: ADMIN_KEY,
        REDIS_URL: redisUrl,
        SHUTDOWN_DELAY: '1',
        SHUTDOWN_GRACE: '20',
      };
      const start = async () => {
        const service = folder.run(environment);
        await service.saw('listens on');
        const [, port] = /listens on http:\/\/localhost:(\d+)/.exec(service.printed()) ?? [];
        return { ...service, url: `http://127.0.0.1:${port}` };
      };
      const [first, second] = await Promise.all([start(), start()]);
      const balancer = await SmallBalancer.start([first.url, second.url]);

      let begun = 0;
      const long = { ...QUESTION, stream: true, messages: [{ role: 'user', content: 'Be long' }] };
      const streams = Promise.all(
        Array.from({ length: STREAMS }, () => {
          let isBegun = false;
          return ask(balancer.url, long, new Agent(), () => {
            if (!isBegun) begun += 1;
            isBegun = true;
          });
        }),
      );
      let isOver = false;
      let asked = 0;
      const failed: string[] = [];
      const clients = Promise.all(
        Array.from({ length: CLIENTS }, async () => {
          const agent = new Agent({ keepAlive: true, maxSockets: 1 });
          while (!isOver) {
            const answer = await ask(balancer.url, QUESTION, agent);
            if (!answer.includes('"stop_reason":"end_turn"')) failed.push(answer);
            asked += 1;
          }
          agent.destroy();
        }),
      );
      await eventually(() => begun === STREAMS);

      first.child.kill('SIGTERM');
      const third = await start();
      balancer.services.add(third.url);
      expect(await first.exited).toBe(0);
      expect(balancer.isReady(first.url)).toBe(false);
      await eventually(() => balancer.isReady(third.url));
      const askedBefore = asked;
      await eventually(() => asked >= askedBefore + 10);

      const answers = await streams;
      expect(answers.filter((answer) => !/begin.* middle.* end.*event: message_stop/s.test(answer))).toEqual([]);
      isOver = true;
      await clients;
      expect(failed).toEqual([]);
      expect(first.printed()).not.toContain('are cut off');
      await balancer.close();
      for (const { child } of [second, third]) child.kill('SIGTERM');
      await Promise.all([second.exited, third.exited]);
    }, 120_000);
  });
});
