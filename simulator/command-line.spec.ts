import { describe, expect, it } from '@jest/globals';
import { readCommandLine } from './command-line.js';
import { gatewayEnvironment } from './gateway-environment.js';
import { Simulator } from './simulator.js';

describe('the command line', () => {
  it('has its defaults', () => {
    expect(readCommandLine([])).toEqual({ port: 8090, host: '127.0.0.1', accounts: 3, json: false, help: false });
  });

  it('reads its options', () => {
    const args = ['--port', '0', '--host', '::1', '--accounts=5', '--json'];

    expect(readCommandLine(args)).toEqual({ port: 0, host: '::1', accounts: 5, json: true, help: false });
  });

  it.each([
    [['--port', '70000'], '--port must be a whole number from 0 to 65535'],
    [['--accounts', 'many'], '--accounts must be a whole number from 1 to 1000'],
    [['--what'], "Unknown option '--what'"],
    [['here'], "Unexpected argument 'here'"],
  ])('refuses %j', (args, message) => {
    expect(() => readCommandLine(args)).toThrow(message);
  });
});

describe('the environment for the gateway', () => {
  it('names every account of the simulator', async () => {
    const simulator = await Simulator.start();
    const account = simulator.addAccount({ id: 'simulated-1', kind: 'identity-center' });

    expect(gatewayEnvironment(simulator.url, [account])).toEqual({
      AMAZONQ_API_ENDPOINT: simulator.url,
      AMAZONQ_TOKEN_ENDPOINT: `${simulator.url}/token`,
      AMAZONQ_ACCOUNT_COUNT: '1',
      AMAZONQ_ACCOUNT_1_ID: 'simulated-1',
      AMAZONQ_ACCOUNT_1_REFRESH_TOKEN: account.refreshToken,
      AMAZONQ_ACCOUNT_1_CLIENT_ID: account.clientId,
      AMAZONQ_ACCOUNT_1_CLIENT_SECRET: account.clientSecret,
      AMAZONQ_ACCOUNT_1_PROFILE_ARN: account.profileArn,
    });
    await simulator.close();
  });
});
