import { z } from 'zod';
import { describeFetchError } from '../remote-gateway.js';
import { skewOf } from './ask-service.js';
import { checkClock } from './check-services.js';
import { type Finding, open, right, wrong } from './finding.js';

interface Asked {
  status: number;
  body: unknown;
  /** How much this machine's clock is ahead. */
  skewMs?: number;
}

interface RunningOptions {
  key: string | undefined;
  request: boolean;
}

const TIMEOUT_MS = 10_000;
/** A request through a slow account, and its second try. */
const REQUEST_TIMEOUT_MS = 120_000;
const MOST_NAMED = 10;

const healthSchema = z.object({
  status: z.enum(['healthy', 'degraded', 'unhealthy']),
  version: z.string(),
  total_accounts: z.number(),
  active_accounts: z.number(),
  tested_account: z.string().nullish(),
  test: z
    .object({ ok: z.boolean(), model: z.string(), latency_ms: z.number(), error: z.string().optional() })
    .optional(),
});
const readySchema = z.object({ status: z.string(), reason: z.string().optional() });
const accountsSchema = z.object({
  data: z.array(
    z.object({ label: z.string(), enabled: z.boolean(), status: z.string(), statusReason: z.string().nullish() }),
  ),
});
const modelsSchema = z.object({ data: z.array(z.object({ id: z.string() })) });
const errorSchema = z.object({ error: z.object({ message: z.string() }) });

/** What a running gateway says, as far as the key may ask. @param url without a slash at the end */
export async function* examineRunning(url: string, { key, request }: RunningOptions): AsyncGenerator<Finding> {
  const ask = (path: string, init: RequestInit = {}) => askGateway(url + path, key, init);
  const ready = await ask('/health/ready').catch((error: Error) => error);
  if (Error.isError(ready)) {
    yield wrong('reached', `${url}: ${ready.message}`, 'Does it run, and is this its address and port?');
    return;
  }
  const readiness = readySchema.safeParse(ready.body).data;
  if (!readiness) {
    const advice = 'Another program, or the port of clients where MANAGEMENT_PORT is set: name that one';
    yield wrong('reached', `${url} answers, but is no gateway (status ${ready.status})`, advice);
    return;
  }
  yield right('reached', `${url} answers`);
  yield ready.status === 200
    ? right('ready', 'requests may come')
    : wrong('ready', readiness.reason ?? readiness.status);
  yield checkClock(ready.skewMs);
  const health = healthSchema.safeParse((await ask('/health')).body).data;
  if (health) yield healthFinding(health);
  if (key === undefined) {
    yield open('key', 'none given', 'AMQ_GATEWAY_KEY or --key-file: with one accounts and a request are checked too');
    return;
  }
  const accounts = await ask('/v2/accounts?limit=200');
  yield keyFinding(accounts);
  if (accounts.status === 401) return;
  const listed = accountsSchema.safeParse(accounts.body).data?.data;
  if (listed) yield accountsFinding(listed);
  if (!request) yield open('request', 'none was sent (--no-request)');
  else yield listed ? await probeFinding(ask) : await messageFinding(ask);
}

type Ask = (path: string, init?: RequestInit) => Promise<Asked>;

/** @throws Error in words when there is no answer */
async function askGateway(url: string, key: string | undefined, init: RequestInit): Promise<Asked> {
  const headers = { ...init.headers, ...(key !== undefined && { authorization: `Bearer ${key}` }) };
  const startedAt = performance.now();
  try {
    const signal = init.signal ?? AbortSignal.timeout(TIMEOUT_MS);
    const response = await fetch(url, { ...init, headers, redirect: 'error', signal });
    const now = Date.now() - (performance.now() - startedAt) / 2;
    const body: unknown = await response.json().catch(() => undefined);
    return { status: response.status, body, skewMs: skewOf(response.headers.get('date') ?? undefined, now) };
  } catch (error) {
    if (!Error.isError(error)) throw error;
    throw new Error(error.name === 'TimeoutError' ? 'no answer in time' : describeFetchError(error));
  }
}

function healthFinding({
  status,
  version,
  total_accounts: total,
  active_accounts: active,
}: z.infer<typeof healthSchema>): Finding {
  const says = `${status}; version ${version}, ${active} of ${total} accounts can be used`;
  if (total === 0) return open('health', says, '`amq-gateway accounts login --url …` signs one in');
  return status === 'unhealthy'
    ? wrong('health', says, 'No account can be used: `accounts list` says why')
    : right('health', says);
}

function keyFinding({ status }: Asked): Finding {
  if (status === 200) return right('key', 'is an administrator’s');
  if (status === 401)
    return wrong('key', 'is not known there, or not good any more', '`amq-gateway keys create` makes one');
  return open(
    'key',
    status === 403 ? 'is good, and none of an administrator' : `can't be checked there (status ${status})`,
  );
}

function accountsFinding(accounts: z.infer<typeof accountsSchema>['data']): Finding {
  const out = accounts.filter(({ enabled, status }) => !enabled || !['active', 'refreshing'].includes(status));
  const named = out.slice(0, MOST_NAMED).map(({ label, enabled, status, statusReason }) => {
    return `${label}: ${enabled ? status : 'disabled'}${enabled && statusReason ? `, ${statusReason}` : ''}`;
  });
  if (out.length > named.length) named.push(`… and ${out.length - named.length} more`);
  const text = [`${accounts.length - out.length} of ${accounts.length} are in use`, ...named].join('\n');
  if (accounts.length === 0) return open('accounts', 'none yet: requests are refused');
  return out.length < accounts.length
    ? right('accounts', text)
    : wrong('accounts', text, '`accounts login` signs in again');
}

async function probeFinding(ask: Ask): Promise<Finding> {
  const signal = AbortSignal.timeout(REQUEST_TIMEOUT_MS);
  const asked = await ask('/health?probe=true', { signal }).catch((error: Error) => error);
  if (Error.isError(asked)) return wrong('request', asked.message);
  const { tested_account: tested, test } = healthSchema.safeParse(asked.body).data ?? {};
  if (!tested || !test) return open('request', 'not sent: there is no account to send it through');
  if (test.ok) return right('request', `account ${tested} answered with ${test.model} (${test.latency_ms} ms)`);
  return wrong(
    'request',
    `account ${tested}: ${test.error ?? 'no answer'}`,
    '`accounts probe --url …` tries each account',
  );
}

/** As a client asks, for a key that may do no more. */
async function messageFinding(ask: Ask): Promise<Finding> {
  const signal = AbortSignal.timeout(REQUEST_TIMEOUT_MS);
  try {
    const models = modelsSchema.safeParse((await ask('/v1/models', { signal })).body).data?.data ?? [];
    const model = (models.find(({ id }) => /haiku/i.test(id)) ?? models[0])?.id;
    if (model === undefined) return open('request', 'not sent: no model is listed for this key');
    const question = { model, max_tokens: 16, messages: [{ role: 'user', content: 'Answer with the word OK.' }] };
    const headers = { 'content-type': 'application/json' };
    const asked = await ask('/v1/messages', { method: 'POST', headers, body: JSON.stringify(question), signal });
    if (asked.status === 200) return right('request', `answered with ${model}`);
    return wrong('request', errorSchema.safeParse(asked.body).data?.error.message ?? `status ${asked.status}`);
  } catch (error) {
    return wrong('request', Error.isError(error) ? error.message : String(error));
  }
}
