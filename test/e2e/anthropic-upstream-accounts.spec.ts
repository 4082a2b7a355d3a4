import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { AnthropicEndpoint } from '../../simulator/anthropic/anthropic-endpoint.js';
import { errorOf } from '../../simulator/anthropic/endpoint-answer.js';
import { Simulator } from '../../simulator/simulator.js';
import { EndpointGuard } from '../../src/upstreams/endpoint-guard.js';
import { eventually, post } from '../support/ask.js';
import { describeOnEachDatabase } from '../support/databases.js';
import { addEndpoint, createEndpoint, viewAccount } from '../support/endpoint-accounts.js';
import { ADMIN_KEY, type RunningGateway, startGateway } from '../support/start-gateway.js';

const KEY = 'sk-ant-planted-key-of-an-endpoint';
const HEADERS = { 'x-api-key': ADMIN_KEY, 'anthropic-version': '2023-06-01' };

let simulator: Simulator;
let endpoint: AnthropicEndpoint;
let gateway: RunningGateway;

beforeAll(async () => {
  simulator = await Simulator.start();
});
beforeEach(async () => {
  endpoint = await AnthropicEndpoint.start({ key: KEY });
});
afterEach(async () => {
  await gateway.close();
  await endpoint.close();
});
afterAll(() => simulator.close());

const question = (model: string) => ({ model, max_tokens: 10, messages: [{ role: 'user', content: 'Hi' }] });
const askedFor = () => endpoint.messages.map(({ bytes }) => JSON.parse(bytes.toString()).model);
const ids = async () => {
  const response = await fetch(`${gateway.url}/v1/models`, { headers: HEADERS });
  const page = (await response.json()) as { data: { id: string }[] };
  return page.data.map(({ id }) => id).sort();
};

describe('the models of an endpoint', () => {
  beforeEach(async () => {
    gateway = await startGateway(simulator, {
      accounts: 0,
      ALLOW_PRIVATE_ENDPOINTS: 'true',
      MODEL_ALIASES: JSON.stringify({ mine: 'claude-opus-5', 'his-*': 'glm-5.1' }),
    });
  });

  it.each(['', '/', '/v1', '/v1/'])('are read page by page, the base URL ending in "%s"', async (end) => {
    endpoint.models = ['claude-opus-5', 'claude-sonnet-4-5-20250929', 'glm-5.1', 'maker/name:tag', 'x'];
    endpoint.pageSize = 2;
    await addEndpoint(gateway, endpoint, { baseUrl: endpoint.url + end });
    const paths = endpoint.calls.map(({ path }) => path);
    expect(paths).toEqual([
      '/v1/models?limit=1000',
      '/v1/models?limit=1000&after_id=claude-sonnet-4-5-20250929',
      '/v1/models?limit=1000&after_id=maker%2Fname%3Atag',
    ]);
    expect(await ids()).toEqual(expect.arrayContaining(['claude-opus-5', 'glm-5.1', 'maker/name:tag', 'mine', 'x']));
  });

  it('are asked for as they are, without their date too, and by the operator’s names', async () => {
    endpoint.models = ['claude-opus-5', 'claude-sonnet-4-5-20250929', 'glm-5.1'];
    await addEndpoint(gateway, endpoint);
    endpoint.models = [...endpoint.models, 'claude-sonnet-4-5'];
    const names = ['claude-sonnet-4-5', 'claude-sonnet-4-5-20250929', 'mine', 'his-model', 'anthropic/claude-opus-5'];
    for (const name of names) expect((await post(gateway, question(name))).status).toBe(200);
    expect(askedFor()).toEqual([
      ...['claude-sonnet-4-5', 'claude-sonnet-4-5-20250929'],
      ...['claude-opus-5', 'glm-5.1', 'claude-opus-5'],
    ]);
    expect((await post(gateway, question('no-such-model'))).status).toBe(404);
  });

  it('are any where there is no list, but not again one that is not known', async () => {
    await addEndpoint(gateway, endpoint);
    for (const name of ['Whatever/it.is', 'claude-sonnet-4-5', 'gpt-4o', 'mine', 'his-own']) {
      expect((await post(gateway, question(name))).status).toBe(200);
    }
    expect(askedFor()).toEqual(['Whatever/it.is', 'claude-sonnet-4-5', 'gpt-4o', 'claude-opus-5', 'glm-5.1']);
    endpoint.reset();
    endpoint.enqueue(errorOf(404, 'not_found_error', 'model: unknown-one'));
    for (let asked = 0; asked < 3; asked++) expect((await post(gateway, question('unknown-one'))).status).toBe(404);
    expect(endpoint.messages).toHaveLength(1);
  });
});

describe('an endpoint somewhere private', () => {
  it.each([
    'http://127.0.0.1:9/',
    'http://2130706433/',
    'http://[::ffff:127.0.0.1]/',
    'http://169.254.169.254/',
    'http://10.0.0.1/v1',
    'http://localhost:3000',
    'http://metadata.google.internal/',
  ])('is refused when it is created: %s', async (baseUrl) => {
    gateway = await startGateway(simulator, { accounts: 0 });
    const response = await createEndpoint(gateway, { baseUrl, apiKey: KEY });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ errors: [{ field: 'baseUrl' }] });
  });

  it('is refused when a name turns out to lead there, and the account is taken out', async () => {
    gateway = await startGateway(simulator, { accounts: 0 });
    gateway.app.get(EndpointGuard).resolve = async () => ['127.0.0.1'];
    const { port } = new URL(endpoint.url);
    const account = await addEndpoint(gateway, endpoint, { baseUrl: `http://models.example.com:${port}` });
    const response = await post(gateway, question('claude-opus-5'));
    expect(response.status).toBe(502);
    expect(await response.text()).not.toMatch(/127\.0\.0\.1|private/);
    expect(endpoint.calls).toHaveLength(0);
    await eventually(async () => (await viewAccount(gateway, account.id)).status === 'disabled');
    expect((await viewAccount(gateway, account.id)).statusReason).toContain('ALLOW_PRIVATE_ENDPOINTS');
  });
});

describeOnEachDatabase('an account of an endpoint', (database) => {
  it('serves after a restart, and not any more where private endpoints are no longer allowed', async () => {
    const environment = { accounts: 0, ...database().environment };
    gateway = await startGateway(simulator, { ...environment, ALLOW_PRIVATE_ENDPOINTS: 'true' });
    await addEndpoint(gateway, endpoint);
    expect((await post(gateway, question('one'))).status).toBe(200);
    await gateway.close();

    gateway = await startGateway(simulator, { ...environment, ALLOW_PRIVATE_ENDPOINTS: 'true' });
    expect((await post(gateway, question('two'))).status).toBe(200);
    await gateway.close();

    gateway = await startGateway(simulator, environment);
    expect((await post(gateway, question('three'))).status).toBe(502);
    expect(askedFor()).toEqual(['one', 'two']);
  });
});
