import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Agent } from 'undici';
import { Simulator } from '../../../simulator/simulator.js';
import { getUsageLimits } from './get-usage-limits.js';
import { BINDINGS, type Binding, type Surface } from './surface.js';

describe('getUsageLimits', () => {
  const now = Date.parse('2026-11-20T12:00:00Z');
  const reset = Date.parse('2026-12-01T00:00:00Z');
  let simulator: Simulator;
  let account: ReturnType<Simulator['addAccount']>;
  let http: Agent;

  beforeEach(async () => {
    simulator = await Simulator.start();
    account = simulator.addAccount({
      kind: 'identity-center',
      accessToken: 'aoaTOKEN',
      quota: { used: 12.5, limit: 50, nextDateReset: reset / 1000 },
    });
    http = new Agent();
  });
  afterEach(async () => {
    await http.destroy();
    await simulator.close();
  });

  const surfaceOf = (binding: Binding): Surface => ({
    apiEndpoint: `${simulator.url}/some/path/`,
    tokenEndpoint: `${simulator.url}/token`,
    binding,
    origin: 'CLI',
    profileArn: account.profileArn,
  });
  const read = (binding: Binding, token = 'aoaTOKEN') => getUsageLimits(surfaceOf(binding), token, http, now);

  it.each(BINDINGS)('reads what is used, of how much, and until when, under %s', async (binding) => {
    expect(await read(binding)).toEqual({ used: 12.5, limit: 50, resetsAt: reset, hasOverage: false });
    const [request] = simulator.requests;
    const query = Object.fromEntries(new URL(request?.path ?? '', simulator.url).searchParams);
    const profile = { origin: 'CLI', resourceType: 'AGENTIC_REQUEST', profileArn: account.profileArn };
    // Whose account it is nobody needs to know.
    if (binding === 'restJson1') expect(query).toEqual({ ...profile, isEmailRequired: 'false' });
    else expect(request?.body).toEqual({ ...profile, isEmailRequired: false });
    expect(request).toMatchObject({ operation: 'GetUsageLimits', binding });
    expect(request?.headers['user-agent']).toMatch(/^amq-gateway\//);
  });

  it.each(BINDINGS)('classifies what the service refuses, under %s', async (binding) => {
    await expect(read(binding, 'expired')).rejects.toMatchObject({ failure: { account: 'token-refused' } });
    account.suspended = true;
    await expect(read(binding)).rejects.toMatchObject({
      failure: { account: 'suspended', serviceMessage: expect.stringContaining('suspended') },
    });
    await simulator.close();
    await expect(read(binding)).rejects.toMatchObject({ failure: { class: 'transient' } });
  });
});
