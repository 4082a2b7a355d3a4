import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Validator } from '@cfworker/json-schema';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { withReference } from '../../scripts/api-docs.mjs';
import { processEnvironment } from '../support/process-environment.js';
import { ADMIN_KEY } from '../support/start-gateway.js';

/** The built service: what describes it is made by the compiler. `npm test` builds first. */
const ENTRY = join(process.cwd(), 'dist/src/main.js');

interface Schema {
  $ref?: string;
  type?: string | string[];
  properties?: Record<string, Schema>;
  items?: Schema;
  oneOf?: Schema[];
  allOf?: Schema[];
  anyOf?: Schema[];
  enum?: unknown[];
  example?: unknown;
  default?: unknown;
  required?: string[];
}

interface Content {
  [type: string]: { schema?: Schema; example?: unknown };
}

interface Operation {
  operationId: string;
  summary?: string;
  tags?: string[];
  security: Record<string, string[]>[];
  parameters?: { required?: boolean; schema: Schema }[];
  requestBody?: { content: Content };
  responses: Record<string, { $ref?: string; content?: Content }>;
}

interface OpenApi {
  openapi: string;
  info: { title: string; version: string; description: string };
  paths: Record<string, Record<string, Operation>>;
  components: {
    schemas: Record<string, Schema>;
    responses: Record<string, { content: Content }>;
    securitySchemes: Record<string, object>;
  };
}

/** Every route there is stands in the generated page. */
const ROUTES = Array.from(
  readFileSync('docs/routes.md', 'utf8').matchAll(/^\| `([A-Z]+)` \| `(\/(?:v2|admin|accounts|health)[^`]*)` \|/gm),
  ([, method, path]) => `${method} ${path}`,
);

describe('the description of the admin API', () => {
  let folder: string;
  let service: ChildProcess;
  let url: string;
  let document: OpenApi;
  let operations: [name: string, Operation][];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'amq-open-api-'));
    service = spawn(process.execPath, [ENTRY], {
      cwd: folder,
      env: { ...processEnvironment, PORT: '0', ADMIN_API_KEY: ADMIN_KEY },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    url = await addressOf(service);
    document = (await (await fetch(`${url}/openapi.json`)).json()) as OpenApi;
    operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => [`${method.toUpperCase()} ${path}`, operation] as const),
    ) as [string, Operation][];
  });
  afterAll(async () => {
    const gone = once(service, 'exit');
    service.kill('SIGTERM');
    await gone;
    await rm(folder, { recursive: true, force: true });
  });

  /** The schema of a name, with all others to refer to. */
  const problemsOf = (schema: Schema, value: unknown) => {
    const whole = { ...schema, components: document.components };
    return new Validator(whole as ConstructorParameters<typeof Validator>[0], '2020-12', false).validate(value).errors;
  };
  const resolved = (schema: Schema): Schema => {
    if (!schema.$ref) return schema;
    const target = schema.$ref
      .split('/')
      .slice(1)
      .reduce<unknown>((node, key) => (node as Record<string, unknown>)[key], document);
    if (target === undefined) throw new Error(`${schema.$ref} leads nowhere`);
    return target as Schema;
  };
  /** What the schema's own examples make. */
  const exampleOf = (schema: Schema): unknown => {
    const { example, enum: values, items, properties, oneOf, allOf, anyOf } = resolved(schema);
    if (example !== undefined) return example;
    const [first] = [...(allOf ?? []), ...(oneOf ?? []), ...(anyOf ?? [])];
    if (first) return exampleOf(first);
    if (items) return [exampleOf(items)];
    if (properties)
      return Object.fromEntries(Object.entries(properties).map(([name, each]) => [name, exampleOf(each)]));
    return values?.[0];
  };
  const jsonOf = (content: Content | undefined) => content?.['application/json']?.schema;

  it('is what docs/api.md has (npm run docs:api)', () => {
    const page = readFileSync('docs/api.md', 'utf8');
    expect(page).toBe(withReference(page, document));
  });

  it('is there for everybody, by OpenAPI 3.1', () => {
    expect(document).toMatchObject({ openapi: '3.1.0', info: { title: 'amq-gateway' } });
    expect(document.info.version).toMatch(/^\d+\.\d+\.\d+/);
    expect(Object.keys(document.components.securitySchemes)).toEqual(['bearer', 'apiKey']);
  });

  it('has every route, and names those of the model API only', () => {
    expect(ROUTES.length).toBeGreaterThan(50);
    expect(operations.map(([name]) => name).sort()).toEqual(ROUTES.sort());
    for (const route of ['/v1/messages', '/v1/chat/completions', '/v1/responses', '/v1/models']) {
      expect(document.info.description).toContain(route);
    }
  });

  it('gives each operation a name of its own, a summary and a place', () => {
    const names = operations.map(([, { operationId }]) => operationId);
    for (const name of names) expect(name).toMatch(/^[A-Za-z]+$/);
    expect(new Set(names).size).toBe(names.length);
    for (const [name, { summary, tags }] of operations) {
      expect([name, summary?.length ?? 0]).not.toEqual([name, 0]);
      expect([name, tags?.length]).toEqual([name, 1]);
    }
  });

  it('says which scope each operation takes', () => {
    for (const [name, { security }] of operations) {
      const scope = name === 'POST /v2/routing/explain' ? 'admin:read' : 'admin';
      const withKey = [{ bearer: [scope] }, { apiKey: [scope] }];
      // With `?probe=true` health asks for a key.
      const wanted = name === 'GET /health' ? [{}, ...withKey] : name.includes(' /health/') ? [] : withKey;
      expect([name, security]).toEqual([name, wanted]);
    }
  });

  it('has no schema without fields, and no reference that leads nowhere', () => {
    for (const [name, schema] of Object.entries(document.components.schemas)) {
      const { properties = {}, oneOf } = schema;
      expect([name, Object.keys(properties).length + (oneOf?.length ?? 0)]).not.toEqual([name, 0]);
    }
    const references = JSON.stringify(document).match(/"\$ref":"[^"]+"/g) ?? [];
    expect(references.length).toBeGreaterThan(50);
    for (const reference of references) resolved(JSON.parse(`{${reference}}`));
  });

  it('asks for nothing that has a default, and tells a new key’s scopes as one list', () => {
    const parameters = operations.flatMap(([, { parameters: of = [] }]) => of);
    expect(parameters.filter(({ required, schema }) => required && schema.default !== undefined)).toEqual([]);
    const schemas = Object.entries(document.components.schemas);
    const requiredDefaults = schemas.flatMap(([name, { properties = {}, required = [] }]) =>
      required.filter((field) => properties[field]?.default !== undefined).map((field) => `${name}.${field}`),
    );
    expect(requiredDefaults).toEqual([]);
    const newKey = document.components.schemas.CreateApiKeyDto ?? {};
    expect(problemsOf(newKey, { name: 'laptop' })).toEqual([]);
    expect(problemsOf(newKey, { name: 'laptop', scopes: ['admin:read', 'metrics'] })).toEqual([]);
  });

  it('has a schema for each answer, and a problem for everything that can go wrong', () => {
    for (const [name, { responses }] of operations) {
      const [status, good] = Object.entries(responses).find(([each]) => each.startsWith('2')) ?? [];
      const schema =
        jsonOf(good?.content) ?? good?.content?.['text/event-stream']?.schema ?? good?.content?.['text/csv']?.schema;
      if (status !== '204') expect([name, typeof schema]).toEqual([name, 'object']);
      for (const [each, { $ref }] of Object.entries(responses)) {
        if (!each.startsWith('2') && each !== '503')
          expect([name, each, $ref]).toEqual([name, each, expect.stringContaining('/responses/')]);
      }
      if (!name.includes('/health'))
        expect(Object.keys(responses)).toEqual(expect.arrayContaining(['401', '403', 'default']));
      if (name.includes('{')) expect(Object.keys(responses)).toContain('404');
    }
    for (const { content } of Object.values(document.components.responses)) {
      const problem = content['application/problem+json'];
      expect(problemsOf(problem?.schema ?? {}, problem?.example)).toEqual([]);
    }
  });

  it('has an example for each field of each schema, and they are good ones', () => {
    for (const [name, schema] of Object.entries(document.components.schemas)) {
      if (name === 'Problem') continue;
      for (const [field, property] of Object.entries(schema.properties ?? {})) {
        expect([name, field, exampleOf(property)]).not.toEqual([name, field, undefined]);
      }
      expect([name, problemsOf(schema, exampleOf(schema))]).toEqual([name, []]);
    }
    for (const [name, { requestBody }] of operations) {
      const schema = jsonOf(requestBody?.content);
      if (schema) expect([name, problemsOf(schema, exampleOf(schema))]).toEqual([name, []]);
    }
  });

  it('has no secret in an answer, but a key just made and an export', () => {
    const SECRETS_TOLD = [
      'GET /v2/accounts/export',
      'POST /v2/api-keys',
      'POST /v2/api-keys/{id}/rotate',
      'POST /v2/webhooks',
      'POST /v2/webhooks/{id}/rotate',
    ];
    // There it is the key's id.
    const IDS_TOLD = ['GET /v2/usage/requests'];
    const seen = new Set<string>();
    const fieldsOf = (schema: Schema): string[] => {
      if (schema.$ref) {
        if (seen.has(schema.$ref)) return [];
        seen.add(schema.$ref);
      }
      const { properties = {}, items, oneOf = [], allOf = [], anyOf = [] } = resolved(schema);
      const inner = [...Object.values(properties), ...(items ? [items] : []), ...oneOf, ...allOf, ...anyOf];
      return [...Object.keys(properties), ...inner.flatMap(fieldsOf)];
    };
    for (const [name, { responses }] of operations) {
      if (SECRETS_TOLD.includes(name)) continue;
      seen.clear();
      const fields = Object.values(responses).flatMap(({ content }) => fieldsOf(jsonOf(content) ?? {}));
      for (const field of fields) {
        if (field === 'apiKey' && IDS_TOLD.includes(name)) continue;
        expect([name, field]).not.toEqual([
          name,
          expect.stringMatching(/secret|^key$|apiKey|accessToken$|refreshToken$/i),
        ]);
      }
    }
  });

  it('describes what really comes', async () => {
    const headers = { 'x-api-key': ADMIN_KEY, 'content-type': 'application/json' };
    const ask = async (name: string, path: string, body?: object) => {
      const [method = ''] = name.split(' ');
      const response = await fetch(url + path, { method, headers, ...(body && { body: JSON.stringify(body) }) });
      const operation = new Map(operations).get(name);
      const said = operation?.responses[response.status];
      const schema = jsonOf(said?.content) ?? resolved({ $ref: said?.$ref ?? '' });
      const answer = (await response.json()) as { id: string };
      const content = (schema as { content?: Content }).content?.['application/problem+json']?.schema;
      expect([name, response.status, problemsOf(content ?? (schema as Schema), answer)]).toEqual([
        name,
        response.status,
        [],
      ]);
      return answer;
    };
    const described = exampleOf({ $ref: '#/components/schemas/CreateAmazonqAccountDto' }) as object;
    const { id } = await ask('POST /v2/accounts', '/v2/accounts', { ...described, enabled: false });
    const endpoint = exampleOf({ $ref: '#/components/schemas/CreateAnthropicAccountDto' }) as object;
    await ask('POST /v2/accounts', '/v2/accounts', { ...endpoint, enabled: false });
    await ask('POST /v2/accounts', '/v2/accounts', { ...described, weight: -1 });
    await ask('POST /v2/accounts', '/v2/accounts', described);
    await ask('PATCH /v2/accounts/{id}', `/v2/accounts/${id}`, { weight: 2 });
    await ask('GET /v2/accounts/{id}', `/v2/accounts/${id}`);
    await ask('GET /v2/accounts/{id}', '/v2/accounts/nobody');
    await ask('GET /v2/accounts', '/v2/accounts?limit=1');
    await ask('GET /v2/accounts/stats', '/v2/accounts/stats');
    await ask('POST /v2/accounts/{id}/reset', `/v2/accounts/${id}/reset`);
    await ask('GET /v2/accounts/export', '/v2/accounts/export');
    await ask('GET /admin/accounts', '/admin/accounts');
    await ask('GET /accounts/stats', '/accounts/stats');
    await ask('POST /accounts/{id}/disable', `/accounts/${id}/disable`);
    const newKey = exampleOf({ $ref: '#/components/schemas/CreateApiKeyDto' }) as object;
    const key = await ask('POST /v2/api-keys', '/v2/api-keys', newKey);
    await ask('GET /v2/api-keys', '/v2/api-keys');
    await ask('PATCH /v2/api-keys/{id}', `/v2/api-keys/${key.id}`, { requestsPerMinute: 5, monthlyCostBudget: null });
    await ask('GET /v2/api-keys/{id}', `/v2/api-keys/${key.id}`);
    await ask('POST /v2/api-keys/{id}/rotate', `/v2/api-keys/${key.id}/rotate`);
    await ask('POST /v2/api-keys/{id}/rotate', `/v2/api-keys/${key.id}/rotate`, { overlapSeconds: -1 });
    await ask('GET /v2/settings', '/v2/settings');
    await ask(
      'PATCH /v2/settings',
      '/v2/settings',
      exampleOf({ $ref: '#/components/schemas/UpdateSettingsDto' }) as object,
    );
    await ask('PATCH /v2/settings', '/v2/settings', { maxAttempts: 0 });
    await ask('POST /v2/routing/explain', '/v2/routing/explain', { model: 'claude-sonnet-4.5' });
    await ask('POST /v2/routing/explain', '/v2/routing/explain', { model: '' });
    await ask('GET /v2/usage/summary', '/v2/usage/summary?interval=day&groupBy=model');
    await ask('GET /v2/usage/summary', '/v2/usage/summary?interval=week');
    await ask('GET /v2/usage/requests', '/v2/usage/requests?limit=1');
    await ask('GET /v2/usage/requests', '/v2/usage/requests?limit=0');
    await ask('GET /v2/usage/prices', '/v2/usage/prices');
    const newWebhook = exampleOf({ $ref: '#/components/schemas/CreateWebhookDto' }) as object;
    const webhook = await ask('POST /v2/webhooks', '/v2/webhooks', newWebhook);
    await ask('GET /v2/webhooks', '/v2/webhooks');
    await ask('PATCH /v2/webhooks/{id}', `/v2/webhooks/${webhook.id}`, { enabled: false });
    await ask('GET /v2/webhooks/{id}', `/v2/webhooks/${webhook.id}`);
    await ask('POST /v2/webhooks/{id}/rotate', `/v2/webhooks/${webhook.id}/rotate`);
    await ask('GET /v2/webhooks/{id}/deliveries', `/v2/webhooks/${webhook.id}/deliveries`);
    await ask('GET /health/live', '/health/live');
    await ask('GET /health/ready', '/health/ready');
    await ask('GET /health', '/health');
  });

  it('has a page to read it, which needs nothing from elsewhere', async () => {
    for (const path of ['/docs', '/docs/']) {
      const page = await fetch(url + path);
      expect(page.headers.get('content-type')).toContain('text/html');
      const html = await page.text();
      const parts = Array.from(html.matchAll(/(?:src|href)="([^"]+)"/g), ([, part = '']) => part);
      expect(parts.length).toBeGreaterThan(3);
      for (const part of parts) {
        const address = new URL(part, url + path);
        expect(address.origin).toBe(url);
        expect([part, (await fetch(address)).status]).toEqual([part, 200]);
      }
    }
    expect(await (await fetch(`${url}/docs/swagger-ui-init.js`)).text()).toContain('"validatorUrl": null');
  });

  it.each(['/docs/nothing', '/docs/LICENSE', '/openapi.json/more'])('%s is a problem', async (path) => {
    const answer = await fetch(url + path);
    expect(answer.status).toBe(404);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
  });
});

/** Where the service listens, once it does. Its standard error stays open: it has more to say. */
function addressOf(service: ChildProcess): Promise<string> {
  let printed = '';
  return new Promise((resolve, reject) => {
    service.stderr?.on('data', (chunk: Buffer) => {
      printed += chunk;
      // Until the space behind it: a piece may end within the port.
      const address = /listens on (\S+)\s/.exec(printed)?.[1];
      if (address) resolve(address.replace('localhost', '127.0.0.1'));
    });
    service.once('exit', () => reject(new Error(`The service did not start: ${printed}`)));
  });
}
