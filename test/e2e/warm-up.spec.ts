import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Simulator } from '../../simulator/simulator.js';
import { ModelList } from '../../src/accounts/models/model-list.service.js';
import { eventually, post, QUESTION } from '../support/ask.js';
import { type RunningGateway, startGateway } from '../support/start-gateway.js';

const ACCOUNTS = 36;
/** `AccountsStart`: accounts that are asked at once, and those that are signed in anew by a start. */
const AT_ONCE = 4;
const SIGNED_IN = 32;

let simulator: Simulator;
let gateway: RunningGateway;

beforeEach(async () => {
  simulator = await Simulator.start();
});
afterEach(async () => {
  await gateway.close();
  await simulator.close();
});

/** Accounts whose models the gateway knows; asks nobody. */
function known(): number {
  const models = gateway.app.get(ModelList);
  return simulator.accounts.filter(({ id }) => models.known(id).length > 0).length;
}

const asked = (operation: string) => simulator.requests.filter((each) => each.operation === operation);

describe('a start', () => {
  it('leaves nothing to be done for the first request: it has a token and a connection', async () => {
    gateway = await startGateway(simulator, { accounts: 2 });
    await eventually(() => known() === 2);
    const [tokens, sockets] = [asked('CreateToken').length, simulator.openSockets];
    expect(tokens).toBe(2);
    expect((await post(gateway, QUESTION)).status).toBe(200);
    expect([asked('CreateToken').length, simulator.openSockets]).toEqual([tokens, sockets]);
  });

  it('asks few accounts at once, and signs in so many that nobody takes it for an attack', async () => {
    gateway = await startGateway(simulator, { accounts: ACCOUNTS });
    await eventually(() => known() === SIGNED_IN);
    expect(simulator.openSockets).toBeLessThanOrEqual(AT_ONCE);
    expect(asked('CreateToken')).toHaveLength(SIGNED_IN);
  });
});
