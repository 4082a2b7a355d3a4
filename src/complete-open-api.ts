import type { OpenAPIObject } from '@nestjs/swagger';
import { PUBLIC_EXTENSION } from './auth/access/public.decorator.js';
import { SCOPE_EXTENSION } from './auth/access/scope.decorator.js';
import { type ErrorKind, GatewayError } from './core/errors.js';
import { encodeProblem } from './core/protocols/problem/encode-error.js';

type Path = OpenAPIObject['paths'][string];
type Operation = NonNullable<Path['get']>;
type Schema = Extract<
  NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>[string],
  { properties?: unknown }
>;
type Response = Extract<NonNullable<Operation['responses'][string]>, { description: string }>;

const METHODS = ['get', 'post', 'patch', 'put', 'delete'] as const;

const TAGS = [
  { paths: /^\/v2\/accounts/, tag: 'Accounts' },
  { paths: /^\/v2\/api-keys/, tag: 'API keys' },
  { paths: /^\/v2\/settings/, tag: 'Settings' },
  { paths: /^\/v2\/usage/, tag: 'Usage' },
  { paths: /^\/v2\/routing/, tag: 'Routing' },
  { paths: /^\/v2\/webhooks/, tag: 'Webhooks' },
  { paths: /^\/(admin|accounts)/, tag: 'Earlier systems' },
  { paths: /^\/health/, tag: 'Health' },
];

const GOOD: Record<string, string> = { 200: 'Done', 201: 'Made', 204: 'Done; there is nothing to tell' };

const PROBLEM: Schema = {
  type: 'object',
  description: 'What went wrong (RFC 9457).',
  required: ['type', 'title', 'status', 'detail', 'requestId'],
  properties: {
    type: { type: 'string', format: 'uri' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    requestId: { type: 'string', description: 'Stands in the log too.' },
    errors: {
      type: 'array',
      description: 'Each field that is not right.',
      items: {
        type: 'object',
        required: ['field', 'message'],
        properties: { field: { type: 'string' }, message: { type: 'string' } },
      },
    },
  },
};

const weightProblem = { path: 'weight', message: 'weight must be a whole number from 0 to 1000' };
const PROBLEMS: Partial<Record<ErrorKind, { message: string; fields?: (typeof weightProblem)[] }>> = {
  invalid_request: { message: weightProblem.message, fields: [weightProblem] },
  authentication: { message: 'x-api-key or authorization header is required' },
  permission: { message: "This API key lacks the scope 'admin'." },
  not_found: { message: 'There is no account "acc_unknown"' },
  conflict: { message: 'Account acc_1 has these credentials already' },
  precondition_failed: { message: 'Account acc_1 was changed since it was read: read it again' },
  account: { message: 'The token was not renewed: Invalid refresh token provided' },
  rate_limit: { message: 'Too many wrong API keys came from your address. Try again in 8 s.' },
  internal: { message: 'Internal server error' },
};

/**
 * Adds what no decorator says: the scope of each operation, its problems, names that are there once, and an example
 * for each field that may be null. Changes the document it is given.
 */
export function completeDocument(document: OpenAPIObject): OpenAPIObject {
  const components = document.components ?? {};
  document.components = components;
  components.schemas = { ...components.schemas, Problem: PROBLEM };
  components.responses = problemResponses();
  for (const schema of Object.values(components.schemas)) if (!('$ref' in schema)) addNullExamples(schema);
  const names = new Set<string>();
  for (const [path, item] of Object.entries(document.paths)) {
    for (const method of METHODS) {
      const operation = item[method];
      if (!operation) continue;
      operation.operationId = uniqueName(operation.operationId ?? method, path, names);
      operation.tags = [tagOf(path)];
      splitSummary(operation);
      addAccess(operation, method);
      addProblems(operation, method, path);
    }
  }
  return document;
}

function tagOf(path: string): string {
  return TAGS.find(({ paths }) => paths.test(path))?.tag ?? 'Gateway';
}

/** Of a longer comment, its first sentence. */
function splitSummary(operation: Operation): void {
  const text = operation.summary?.replaceAll(/\s+/g, ' ');
  const [, first, rest] = /^(.*?\.)(?: (.*))?$/.exec(text ?? '') ?? [];
  operation.summary = (first ?? text ?? operation.operationId)?.replace(/\.$/, '');
  operation.description = [rest, operation.description].filter(Boolean).join('\n\n') || undefined;
}

/** A controller may answer under two paths: the longer one is named after its first part. */
function uniqueName(name: string, path: string, names: Set<string>): string {
  const plain = name.replace(/\[\d+\]$/, '').replace(/Controller_(.)/, (_all, first: string) => first.toUpperCase());
  const unique = names.has(plain) ? `${path.split('/')[1]}${plain}` : plain;
  names.add(unique);
  return unique;
}

function addAccess(operation: Operation, method: string): void {
  const extensions = new Map<string, unknown>(Object.entries(operation));
  const scope = extensions.get(SCOPE_EXTENSION);
  if (typeof scope !== 'string') {
    operation.security = [];
    return;
  }
  const isOpenAtTimes = extensions.has(PUBLIC_EXTENSION);
  operation.security = [...(isOpenAtTimes ? [{}] : []), { bearer: [scope] }, { apiKey: [scope] }];
  const lesser = scope === 'admin' && method === 'get' ? ', or `admin:read`' : '';
  operation.description = [operation.description, `Scope: \`${scope}\`${lesser}.`].filter(Boolean).join('\n\n');
}

function addProblems(operation: Operation, method: string, path: string): void {
  const parameters = (operation.parameters ?? []).flatMap((parameter) => ('$ref' in parameter ? [] : [parameter]));
  const reads = operation.requestBody !== undefined || parameters.some((parameter) => parameter.in === 'query');
  const isClosed = operation.security?.length !== 0;
  const statuses: Partial<Record<ErrorKind, boolean>> = {
    invalid_request: reads,
    authentication: isClosed,
    permission: isClosed,
    rate_limit: isClosed,
    not_found: path.includes('{'),
    precondition_failed: parameters.some((parameter) => parameter.name === 'If-Match'),
    account: path.endsWith('/refresh'),
    conflict:
      path.endsWith('/refresh') ||
      ((path === '/v2/accounts' || path === '/v2/webhooks') && method === 'post') ||
      (path.startsWith('/v2/api-keys/') && method !== 'get'),
  };
  for (const [status, response] of Object.entries(operation.responses)) {
    if (response && 'description' in response) response.description ||= GOOD[status] ?? 'Done';
  }
  for (const [kind, applies] of Object.entries(statuses)) {
    const status = statusOf(kind as ErrorKind);
    if (applies) operation.responses[status] ??= { $ref: `#/components/responses/${kind}` };
  }
  operation.responses.default ??= { $ref: '#/components/responses/internal' };
}

function problemResponses(): Record<string, Response> {
  return Object.fromEntries(
    Object.entries(PROBLEMS).map(([kind, { message, fields }]) => {
      const { body } = encodeProblem(new GatewayError(kind as ErrorKind, message, { fields }), 'req_011CSHoEeqs5C35K');
      const schema = { $ref: '#/components/schemas/Problem' };
      return [kind, { description: body.title, content: { 'application/problem+json': { schema, example: body } } }];
    }),
  );
}

function statusOf(kind: ErrorKind): number {
  return encodeProblem(new GatewayError(kind, ''), '').status;
}

function addNullExamples(schema: Schema): void {
  for (const property of Object.values(schema.properties ?? {})) {
    if ('$ref' in property || property.example !== undefined) continue;
    if (Array.isArray(property.type) && property.type.includes('null')) property.example = null;
  }
}
