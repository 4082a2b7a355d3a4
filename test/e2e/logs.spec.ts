import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { AnthropicEndpoint } from '../../simulator/anthropic/anthropic-endpoint.js';
import { errorOf, streamOf, textEvents } from '../../simulator/anthropic/endpoint-answer.js';
import { exception, failure, goodEnd, reasoning, signature, stream, text, toolUse } from '../../simulator/script.js';
import { Simulator } from '../../simulator/simulator.js';
import { Configuration } from '../../src/platform/config/configuration.js';
import { LOG_LEVELS, type LogLevel } from '../../src/platform/logging/log-levels.js';
import { Admission } from '../../src/proxy/admission/admission.service.js';
import { SettingsReader } from '../../src/settings/settings-reader.service.js';
import { adminApi } from '../support/admin-api.js';
import { eventually, post, QUESTION, streamed } from '../support/ask.js';
import { postChat } from '../support/ask-chat.js';
import { postResponses } from '../support/ask-responses.js';
import { addEndpoint } from '../support/endpoint-accounts.js';
import { eventFrame, frame } from '../support/frames.js';
import { ADMIN_KEY, type RunningGateway, startGateway } from '../support/start-gateway.js';

const MODEL = 'claude-sonnet-5';
/** In everything that a line must not carry. */
const PLANTED = 'plantedcontent4714';
const SECRET = 'planted-secret-4715-0123456789';
const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==';

type Line = Record<string, unknown>;

const requestLines = (gateway: RunningGateway) => gateway.logs.filter(({ msg }) => msg === 'request');
const lineOf = async (gateway: RunningGateway, response: Response): Promise<Line> => {
  const id = response.headers.get('request-id') ?? response.headers.get('x-request-id');
  await response.text();
  await eventually(() => requestLines(gateway).some(({ requestId }) => requestId === id));
  return requestLines(gateway).find(({ requestId }) => requestId === id) ?? {};
};

describe('the line of a request', () => {
  let simulator: Simulator;
  let gateway: RunningGateway;

  beforeAll(async () => {
    simulator = await Simulator.start();
    gateway = await startGateway(simulator, { accounts: 2, LOG_LEVEL: 'info', TRUSTED_PROXIES: '127.0.0.1' });
  });
  afterAll(async () => {
    await gateway.close();
    await simulator.close();
  });

  it.each([
    ['anthropic', () => post(gateway, QUESTION)],
    ['openai_chat', () => postChat(gateway)],
    ['openai_responses', () => postResponses(gateway, { model: MODEL, input: 'Hello' })],
  ])('says what matters (%s)', async (protocol, ask) => {
    simulator.enqueue(stream(text('a'), goodEnd()));
    expect(await lineOf(gateway, await ask())).toMatchObject({
      ...{ level: 'info', protocol, method: 'POST', status: 200, outcome: 'success', model: MODEL, attempts: 1 },
      ...{
        upstreamModel: MODEL,
        stream: false,
        inputTokens: 10,
        outputTokens: 5,
        credits: 0.01,
        stopReason: 'end_turn',
      },
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      apiKey: expect.any(String),
      account: expect.any(String),
      cost: expect.any(Number),
      durationMs: expect.any(Number),
      firstEventMs: expect.any(Number),
      firstTokenMs: expect.any(Number),
    });
  });

  it('has no field that docs/operations.md does not name', async () => {
    simulator.enqueue(failure(429, 'ThrottlingException', 'slow down'), failure(400, 'ValidationException', 'no', 'X'));
    await (await post(gateway, QUESTION)).text();
    simulator.enqueue(stream(text('a'), { reset: true }));
    await streamed(gateway);
    await (await post(gateway, QUESTION, { headers: { 'x-api-key': 'wrong' } })).text();
    await (await post(gateway, '{')).text();
    const docs = await readFile('docs/operations.md', 'utf8');
    const fields = new Set(requestLines(gateway).flatMap((line) => Object.keys(line)));
    expect(fields.size).toBeGreaterThan(25);
    const unnamed = [...fields].filter((field) => !docs.includes(`\`${field}\``));
    expect(unnamed).toEqual([]);
  });

  it('stays short, whatever a client or upstream sends', async () => {
    const long = 'x'.repeat(100_000);
    const header = 'y'.repeat(7_000);
    const shout = failure(400, long, long, long, { headers: { 'x-amzn-requestid': header } });
    simulator.enqueue(shout, shout, shout);
    const property = Object.fromEntries([[long, { type: 7 }]]);
    const headers = { 'user-agent': header, 'x-forwarded-for': header, traceparent: header, 'anthropic-beta': header };
    const asked = [
      post(gateway, QUESTION, { headers }),
      post(gateway, { ...QUESTION, model: long }),
      post(gateway, { ...QUESTION, model: 'm'.repeat(256) }),
      post(gateway, { ...QUESTION, tools: [{ name: long, input_schema: { type: 'object', properties: property } }] }),
      post(gateway, { ...QUESTION, [long]: long }),
      post(gateway, QUESTION, { path: `/v1/${'p'.repeat(7_000)}?${header}` }),
      post(gateway, QUESTION, { headers: { 'x-api-key': header } }),
      postChat(gateway, { model: long }),
      postResponses(gateway, { model: MODEL, input: 'a', previous_response_id: long }),
    ];
    for (const response of await Promise.all(asked)) await lineOf(gateway, response);
    const lengths = gateway.logs.map((line) => JSON.stringify(line).length);
    expect(Math.max(...lengths)).toBeLessThan(8_192);
  });

  it('is not drowned by faults: those alike are written ten times a minute', async () => {
    const broken = jest.spyOn(gateway.app.get(Admission), 'admit').mockImplementation(() => {
      return JSON.parse(PLANTED);
    });
    const before = gateway.logs.length;
    for (let count = 0; count < 30; count++) expect((await post(gateway, QUESTION)).status).toBe(500);
    broken.mockRestore();
    const lines = gateway.logs.slice(before);
    const faults = lines.filter(({ level }) => level === 'error');
    expect(faults).toHaveLength(10);
    expect(faults[0]).toMatchObject({
      ...{ msg: 'Internal error', requestId: expect.any(String) },
      err: { name: 'SyntaxError', message: 'a text is not valid JSON', stack: expect.stringContaining('at ') },
    });
    expect(JSON.stringify(lines)).not.toContain(PLANTED);
  });
});

describe('at the level', () => {
  let simulator: Simulator;
  let endpoint: AnthropicEndpoint;
  let gateway: RunningGateway;
  const admin = adminApi(() => gateway);

  beforeAll(async () => {
    simulator = await Simulator.start();
    endpoint = await AnthropicEndpoint.start({ key: SECRET, models: ['endpoint-model'] });
    gateway = await startGateway(simulator, {
      accounts: 2,
      ...{ LOG_LEVEL: 'info', ALLOW_PRIVATE_ENDPOINTS: 'true' },
    });
    await addEndpoint(gateway, endpoint);
  });
  afterAll(async () => {
    await gateway.close();
    await endpoint.close();
    await simulator.close();
  });

  const setLevel = (logLevel: LogLevel | null) => admin('PATCH', '/v2/settings', { body: { logLevel } });

  it('shows the events of upstream for debugging only, by name and size', async () => {
    const events = () => gateway.logs.filter(({ msg }) => msg === 'Upstream event');
    const ask = async () => {
      const odd = eventFrame(`${PLANTED} odd`, {});
      simulator.enqueue(stream(text('Hello'), { raw: odd }, goodEnd()));
      await (await post(gateway, QUESTION)).text();
    };
    await setLevel('info');
    await ask();
    expect(events()).toEqual([]);
    await setLevel('debug');
    await ask();
    expect(events().map(({ event }) => event)).toEqual([
      ...['assistantResponseEvent', 'other', 'metadataEvent', 'contextUsageEvent', 'meteringEvent'],
    ]);
    expect(events()[0]).toMatchObject({ level: 'debug', bytes: 19, requestId: expect.stringMatching(/^req_/) });
  });

  it.each(LOG_LEVELS)('%s lets no content and no secret through, nor lines below it', async (level) => {
    await setLevel(level);
    const before = gateway.logs.length;
    const made = await traffic();
    await setLevel(null);
    const lines = gateway.logs.slice(before);
    const tokens = simulator.accounts.flatMap(({ refreshToken, clientSecret, accessToken }) => [
      ...[refreshToken, clientSecret, accessToken ?? SECRET],
    ]);
    for (const secret of [
      PLANTED,
      SECRET,
      ADMIN_KEY,
      PNG.slice(20, 60),
      'aorSIMULATED',
      'aoaSIMULATED',
      ...tokens,
      made,
    ])
      expect({ secret, in: lines.filter((line) => JSON.stringify(line).includes(secret)) }).toEqual({ secret, in: [] });
    const severity = (of: unknown) => (of === 'silent' ? -1 : LOG_LEVELS.indexOf(of as LogLevel));
    // Those of the change back are written at either level.
    const own = lines.filter(
      ({ path, msg, action }) => path !== '/v2/settings' && msg !== 'Settings changed' && !action,
    );
    expect(own.filter((line) => severity(line.level) > severity(level))).toEqual([]);
    const found = new Set(own.map((line) => line.level));
    for (const expected of ['warn', 'info', 'debug'])
      expect(found.has(expected)).toBe(severity(level) >= severity(expected));
  });

  /** Content and secrets in every place there is, on good ways and bad ones. @returns a key that was made */
  async function traffic(): Promise<string> {
    const headers = { cookie: `session=${SECRET}`, 'user-agent': PLANTED, 'x-forwarded-for': PLANTED };
    const withHeaders = { headers };
    const answers = () =>
      stream(
        ...[reasoning(PLANTED), signature(PLANTED), text(PLANTED)],
        ...toolUse('t1', 'look_up', [`{"${PLANTED}":`, `"${PLANTED}"}`]),
        ...goodEnd({}, 'TOOL_USE'),
      );
    const tools = [
      {
        name: PLANTED,
        description: PLANTED,
        input_schema: { type: 'object', properties: { [PLANTED]: { enum: [PLANTED] } } },
      },
    ];
    const source = { type: 'base64', media_type: 'image/png', data: PNG };
    const content = [
      { type: 'text', text: PLANTED },
      { type: 'image', source },
      { type: 'document', title: PLANTED, source: { type: 'text', media_type: 'text/plain', data: PLANTED } },
    ];
    const whole = {
      ...QUESTION,
      ...{ system: PLANTED, tools, metadata: { user_id: PLANTED }, stop_sequences: [PLANTED] },
      thinking: { type: 'enabled', budget_tokens: 1024 },
      max_tokens: 4_000,
      messages: [
        { role: 'user', content },
        { role: 'assistant', content: [{ type: 'tool_use', id: 't0', name: PLANTED, input: { [PLANTED]: PLANTED } }] },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't0', content: PLANTED }] },
      ],
    };
    const ask = async (asked: Promise<Response>) => {
      const response = await asked;
      await response.text().catch(() => undefined);
      return response;
    };
    for (const stream of [true, false]) {
      simulator.enqueue(answers(), answers(), answers());
      await ask(post(gateway, { ...whole, stream }, withHeaders));
      await ask(
        postChat(gateway, { messages: [{ role: 'user', content: PLANTED }], user: PLANTED, stream }, withHeaders),
      );
      const stored = { model: MODEL, input: PLANTED, instructions: PLANTED, metadata: { [PLANTED]: PLANTED }, stream };
      await ask(postResponses(gateway, stored, withHeaders));
      endpoint.enqueue(streamOf(...textEvents('endpoint-model', [PLANTED])));
      await ask(post(gateway, { ...whole, model: 'endpoint-model', stream: true }));
    }
    await ask(post(gateway, whole, { path: '/v1/messages/count_tokens' }));

    // What goes wrong, before an answer and in it.
    const quoting = `Value '${PLANTED}' failed: the token ${SECRET} is invalid`;
    const notJson = frame(
      {
        ':event-type': { type: 'string', value: 'assistantResponseEvent' },
        ':message-type': { type: 'string', value: 'event' },
      },
      `{"content": ${PLANTED}`,
    );
    const wrongType = eventFrame(PLANTED, { content: PLANTED });
    for (const bad of [
      failure(400, 'ValidationException', quoting, PLANTED.toUpperCase()),
      failure(500, 'InternalServerException', quoting),
      failure(418, quoting, quoting),
      stream(text(PLANTED), exception('validationError', { message: quoting })),
      stream(text(PLANTED), { errorCode: quoting, errorMessage: quoting }),
      stream(text(PLANTED), { raw: wrongType }, { raw: notJson }),
      stream(text(PLANTED), { raw: Buffer.from(PLANTED.repeat(10)) }),
    ]) {
      simulator.enqueue(bad, bad, bad);
      await ask(post(gateway, { ...whole, stream: true }));
    }
    simulator.reset();
    endpoint.enqueue(errorOf(400, 'invalid_request_error', quoting));
    await ask(post(gateway, { ...whole, model: 'endpoint-model' }));
    for (const body of [`{"model": ${PLANTED}`, { ...QUESTION, messages: [{ role: PLANTED, content: PLANTED }] }]) {
      for (const path of ['/v1/messages', '/v1/chat/completions', '/v1/responses'])
        await ask(post(gateway, body, { path }));
    }
    for (const key of [SECRET, `amq_${SECRET}${SECRET}`]) {
      await ask(post(gateway, QUESTION, { headers: { 'x-api-key': key } }));
      await ask(post(gateway, QUESTION, { headers: { 'x-api-key': '', authorization: `Bearer ${key}` } }));
    }
    await ask(post(gateway, QUESTION, { path: `/v1/messages/nowhere?key=${SECRET}&prompt=${PLANTED}` }));

    // What administrators send.
    const credentials = { clientId: SECRET, clientSecret: SECRET, refreshToken: `aor${SECRET}` };
    const created = await admin('POST', '/v2/accounts', { body: { label: 'one', ...credentials } });
    await admin('POST', `/v2/accounts/${created.body.id}/refresh`);
    await admin('DELETE', `/v2/accounts/${created.body.id}`);
    await admin('POST', '/v2/accounts/import', { body: [{ refreshToken: SECRET }, SECRET] });
    const { body } = await admin('POST', '/v2/api-keys', { body: { name: 'made' } });
    await admin('GET', `/v2/api-keys/${body.key}`);
    return body.key;
  }
});

describe('the level of the log', () => {
  it('changes at once, on every replica, is audited, and goes back', async () => {
    const simulator = await Simulator.start();
    const gateway = await startGateway(simulator, { LOG_LEVEL: 'info' });
    const { DATABASE_PATH } = gateway.app.get(Configuration).settings;
    const replica = await startGateway(simulator, { accounts: 0, DATABASE_PATH, LOG_LEVEL: 'info' });
    const admin = adminApi(() => gateway);
    const setLevel = (logLevel: unknown) => admin('PATCH', '/v2/settings', { body: { logLevel } });
    /** A scrape has a line for debugging only. */
    const scraped = async (of: RunningGateway) => {
      const before = of.logs.length;
      await (await fetch(`${of.url}/health/live`)).text();
      await (await post(of, QUESTION)).text();
      await eventually(() => of.logs.slice(before).some(({ path }) => path === '/v1/messages'));
      return of.logs.slice(before).filter(({ path }) => path === '/health/live').length;
    };

    expect([await scraped(gateway), await scraped(replica)]).toEqual([0, 0]);
    expect((await setLevel('debug')).body).toMatchObject({ logLevel: 'debug', changed: ['logLevel'] });
    await replica.app.get(SettingsReader).refresh();
    expect([await scraped(gateway), await scraped(replica)]).toEqual([1, 1]);
    const { body: audit } = await admin('GET', '/v2/audit?action=settings.update');
    expect(audit.data[0]).toMatchObject({ details: { logLevel: { from: 'info', to: 'debug' } } });
    expect((await setLevel('loud')).body.errors).toEqual([
      { field: 'logLevel', message: 'logLevel must be one of fatal, error, warn, info, debug, trace, silent' },
    ]);
    expect((await setLevel(null)).body).toMatchObject({ logLevel: 'info', changed: [] });
    expect(await scraped(gateway)).toBe(0);

    await replica.close();
    await gateway.close();
    await simulator.close();
  });
});
