import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { event, goodEnd, stream, text } from '../../simulator/script.js';
import { Simulator } from '../../simulator/simulator.js';
import { Pool } from '../../src/accounts/pool/pool.service.js';
import { AnswerRunner } from '../../src/proxy/reply/answer-runner.js';
import { eventually, streamed, textOf } from '../support/ask.js';
import { memoryInUse } from '../support/memory-in-use.js';
import { type RunningGateway, startGateway } from '../support/start-gateway.js';

let simulator: Simulator;
let gateway: RunningGateway;

beforeAll(async () => {
  simulator = await Simulator.start({ recordRequests: false });
  gateway = await startGateway(simulator, { accounts: 3, LOG_LEVEL: 'silent' });
  // Every answer counts up from the number in its question: lost, doubled or reordered events show.
  simulator.answer(({ body }) => {
    const asked = body.conversationState.currentMessage.userInputMessage.content;
    return stream(
      Array.from({ length: 20 }, (_, index) => text(`${asked}-${index};`)),
      event('toolUseEvent', { toolUseId: `tooluse_${asked}`, name: 'count', input: '{}', stop: true }),
      goodEnd(),
    );
  });
});
afterAll(async () => {
  await gateway.close();
  await simulator.close();
});

async function askAndCheck(number: number): Promise<void> {
  const events = await streamed(gateway, { messages: [{ role: 'user', content: `q${number}` }] });
  expect(textOf(events)).toBe(Array.from({ length: 20 }, (_, index) => `q${number}-${index};`).join(''));
  expect(events.at(-1)).toEqual({ type: 'message_stop' });
}

describe('many streams', () => {
  it('1,000 one after the other and 200 at once lose and leak nothing', async () => {
    for (let number = 0; number < 100; number++) await askAndCheck(number);
    await Promise.all(Array.from({ length: 200 }, (_, number) => askAndCheck(number)));
    const before = memoryInUse();

    for (let number = 0; number < 1000; number++) await askAndCheck(number);
    await Promise.all(Array.from({ length: 200 }, (_, number) => askAndCheck(number)));

    await eventually(() => simulator.openStreams === 0);
    expect(gateway.app.get(AnswerRunner).running).toBe(0);
    expect(gateway.app.get(Pool).totalInFlight()).toBe(0);
    // 1,200 answers of 6 kB each would be 7 MB if they were kept.
    expect(memoryInUse() - before).toBeLessThan(4 * 1024 * 1024);
    // Kept-alive connections, no more than were ever in use at once.
    expect(simulator.openSockets).toBeLessThanOrEqual(210);
  }, 60_000);
});
