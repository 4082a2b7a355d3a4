import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Agent } from 'undici';
import type { SimulatedAccount } from '../../../simulator/account.js';
import { simulatedModel } from '../../../simulator/model-list.js';
import { Simulator } from '../../../simulator/simulator.js';
import { listModels } from './list-models.js';
import { BINDINGS, type Binding, type Surface } from './surface.js';

describe('listModels', () => {
  let simulator: Simulator;
  let account: SimulatedAccount;
  let http: Agent;

  beforeEach(async () => {
    simulator = await Simulator.start();
    account = simulator.addAccount({ kind: 'identity-center', accessToken: 'aoaTOKEN' });
    http = new Agent();
  });
  afterEach(async () => {
    await http.destroy();
    await simulator.close();
  });

  const surfaceAt = (url: string, binding: Binding): Surface => ({
    apiEndpoint: `${url}/some/path/`,
    tokenEndpoint: `${url}/token`,
    binding,
    origin: 'CLI',
    profileArn: account.profileArn,
  });
  const list = (binding: Binding, token = 'aoaTOKEN') => listModels(surfaceAt(simulator.url, binding), token, http);

  it.each(BINDINGS)('reads every page and what matters of each model, under %s', async (binding) => {
    const schema = { type: 'object', properties: {} };
    account.models = [
      simulatedModel('claude-sonnet-5', { modelName: 'Sonnet 5', additionalModelRequestFieldsSchema: schema }),
      ...Array.from({ length: 119 }, (_, index) => simulatedModel(`model-${index}`)),
    ];
    const models = await list(binding);
    expect(models).toHaveLength(120);
    expect(models[0]).toEqual({
      id: 'claude-sonnet-5',
      name: 'Sonnet 5',
      maxInputTokens: 200_000,
      rateMultiplier: 1,
      maxOutputTokens: 64_000,
      supportedInputTypes: ['TEXT', 'IMAGE'],
      requestFieldsSchema: schema,
    });
    expect(models.at(-1)?.id).toBe('model-118');
    expect(simulator.requests.map((request) => request.binding)).toEqual([binding, binding, binding]);
    expect(simulator.requests[0]?.headers['user-agent']).toMatch(/^amq-gateway\//);
  });

  it.each(BINDINGS)('classifies what the service refuses, under %s', async (binding) => {
    await expect(list(binding, 'expired')).rejects.toMatchObject({ failure: { class: 'auth', retry: 'renew-token' } });
    account.suspended = true;
    await expect(list(binding)).rejects.toMatchObject({
      failure: { class: 'suspended', serviceMessage: expect.stringContaining('suspended') },
    });
    await simulator.close();
    await expect(list(binding)).rejects.toMatchObject({ failure: { class: 'transient' } });
  });

  it('leaves out what it can’t read and stops where the pages go round in circles', async () => {
    let requests = 0;
    const circle = createServer((_, response) => {
      requests++;
      const models = [
        { modelId: 'good', tokenLimits: null, supportedInputTypes: 'IMAGE' },
        { modelId: 'not an id' },
        { modelName: 'none' },
        null,
      ];
      response.end(JSON.stringify({ models, nextToken: 'again' }));
    });
    await new Promise<void>((resolve) => circle.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(circle.address() as AddressInfo).port}`;
    expect(await listModels(surfaceAt(url, 'restJson1'), 'aoaTOKEN', http)).toEqual([{ id: 'good' }]);
    expect(requests).toBe(20);
    circle.closeAllConnections();
    await new Promise((resolve) => circle.close(resolve));
  });
});
