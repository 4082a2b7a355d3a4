import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import { exception, failure, stream, text } from '../../simulator/script.js';
import { type Answer, type SimulatedAccount, Simulator } from '../../simulator/simulator.js';
import { ModelList } from '../../src/accounts/models/model-list.service.js';
import { adminApi, credentialsOf } from '../support/admin-api.js';
import { eventually, post, QUESTION } from '../support/ask.js';
import { describeOnEachSharedDatabase } from '../support/databases.js';
import { later } from '../support/later.js';
import { withoutPauses } from '../support/no-pauses.js';
import { type RunningGateway, startGateway } from '../support/start-gateway.js';

/** One row of amazon-q.md §6.3: what the service says of an account each time it is asked. */
interface Row {
  seen: string;
  answer: Answer;
  /** Of the account, for one request of a client with another account beside it. */
  calls: number;
  /** Whether the other account is asked then; else the client hears what it hears alone. */
  elsewhere: boolean;
  /** What a client hears when there is nobody else. */
  alone: [status: number, type: string];
  status: string;
  reason?: string;
  /** It may be about something else: a probe that is refused too decides, or two of them. */
  probes?: 1 | 2;
  until?: () => number[];
  binding?: 'awsJson1.0';
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const denied = (message: string, reason: string | null = null) =>
  failure(403, 'AccessDeniedException', message, reason);
const invalid = (message: string, reason: string | null = null) => failure(400, 'ValidationException', message, reason);
const spent = (status: number, reason: string | null) => failure(status, 'ThrottlingException', 'All used up.', reason);

const SUSPENDED = 'Your User ID (d-0000000000.example) temporarily is suspended.';
const NOT_SERVED = [403, 'permission_error'] as const;
const refused: Pick<Row, 'calls' | 'elsewhere' | 'alone'> = { calls: 1, elsewhere: true, alone: [...NOT_SERVED] };
const signedOut: Omit<Row, 'seen' | 'answer'> = { ...refused, calls: 2, status: 'needs_login' };
const parked: Omit<Row, 'seen' | 'answer'> = {
  ...refused,
  alone: [429, 'rate_limit_error'],
  status: 'quota_exhausted',
  reason: 'All used up.',
};
/** The day GetUsageLimits names, rather than the month's end. */
const RESET = Math.floor(Date.now() / 1000) + 5 * 24 * 3600;
const month = { until: () => [RESET * 1000] };
const good: Pick<Row, 'status'> = { status: 'active' };
const wrong: Omit<Row, 'seen' | 'answer'> = {
  ...good,
  calls: 1,
  elsewhere: false,
  alone: [400, 'invalid_request_error'],
};
const noCapacity: Omit<Row, 'seen' | 'answer'> = { ...wrong, calls: 3, alone: [529, 'overloaded_error'] };
const slowDown: Omit<Row, 'seen' | 'answer'> = { ...good, ...refused, alone: [429, 'rate_limit_error'] };
const broken: Omit<Row, 'seen' | 'answer'> = { ...good, calls: 2, elsewhere: true, alone: [502, 'api_error'] };
const misconfigured: Omit<Row, 'seen' | 'answer'> = { ...refused, alone: [502, 'api_error'], status: 'disabled' };

const HIGH_LOAD = 'Encountered unexpectedly high load when processing the request, please try again.';
const TOO_LONG = 'CONTENT_LENGTH_EXCEEDS_THRESHOLD';

const TABLE: Row[] = [
  { seen: '401', answer: failure(401, 'UnauthorizedException', 'Who?'), ...signedOut, reason: 'Who?' },
  {
    seen: 'an invalid token',
    answer: denied('The bearer token included in the request is invalid.'),
    ...signedOut,
    reason: 'The bearer token included in the request is invalid.',
  },
  {
    seen: 'a suspension by reason',
    answer: denied('Ask support.', 'TEMPORARILY_SUSPENDED'),
    ...refused,
    status: 'suspended',
    reason: 'Ask support.',
  },
  { seen: 'a suspension by words', answer: denied(SUSPENDED), ...refused, status: 'suspended', reason: SUSPENDED },
  {
    seen: '423, again',
    answer: failure(423, 'LockedException', 'Locked.'),
    ...refused,
    status: 'suspended',
    reason: 'Locked.',
    probes: 1,
  },
  {
    seen: 'a gate',
    answer: denied('Not for this identity.', 'FEATURE_NOT_SUPPORTED'),
    ...refused,
    status: 'disabled',
    reason: 'Not for this identity.',
  },
  {
    seen: 'a suspension with its type in the header only, and `Message`',
    answer: { ...denied('Ask support.', 'TEMPORARILY_SUSPENDED'), typeIn: 'header', messageKey: 'Message' },
    ...refused,
    status: 'suspended',
    reason: 'Ask support.',
  },
  {
    seen: 'a suspension by words, with its type in the header only, as a 400 of the JSON protocol',
    answer: { ...failure(400, 'AccessDeniedException', SUSPENDED, null), typeIn: 'header' },
    binding: 'awsJson1.0',
    ...refused,
    status: 'suspended',
    reason: SUSPENDED,
  },
  {
    seen: 'a spent quota as a 400 of the JSON protocol',
    answer: failure(400, 'ServiceQuotaExceededException', 'All used up.', null),
    binding: 'awsJson1.0',
    ...parked,
    ...month,
  },
  {
    seen: 'no subscription, again and again',
    answer: denied('User is not authorized to make this call.'),
    ...refused,
    status: 'disabled',
    reason: 'User is not authorized to make this call.',
    probes: 2,
  },
  {
    seen: 'a wrong surface',
    answer: denied('Your subscription does not support this application.'),
    ...refused,
    status: 'disabled',
    reason: 'Your subscription does not support this application.',
  },
  { seen: '402', answer: failure(402, 'ServiceQuotaExceededException', 'All used up.'), ...parked, ...month },
  { seen: '429 MONTHLY_REQUEST_COUNT', answer: spent(429, 'MONTHLY_REQUEST_COUNT'), ...parked, ...month },
  { seen: '400 MONTHLY_REQUEST_COUNT', answer: spent(400, 'MONTHLY_REQUEST_COUNT'), ...parked, ...month },
  { seen: '500 OVERAGE_…', answer: spent(500, 'OVERAGE_REQUEST_LIMIT_EXCEEDED'), ...parked, ...month },
  { seen: '429 USAGE_LIMIT_…', answer: spent(429, 'USAGE_LIMIT_REACHED'), ...parked, ...month },
  {
    seen: '429 DAILY_REQUEST_COUNT',
    answer: spent(429, 'DAILY_REQUEST_COUNT'),
    ...parked,
    until: () => [endOf(DAY)],
  },
  {
    seen: '429 HOURLY_REQUEST_COUNT',
    answer: spent(429, 'HOURLY_REQUEST_COUNT'),
    ...parked,
    until: () => [endOf(HOUR)],
  },
  {
    seen: '429 WEEKLY_REQUEST_COUNT',
    answer: spent(429, 'WEEKLY_REQUEST_COUNT'),
    ...parked,
    until: () => [1, 2, 3, 4, 5, 6, 7].map((days) => endOf(DAY) + (days - 1) * DAY).filter(isMonday),
  },
  {
    seen: '402 about one conversation',
    answer: failure(402, 'ServiceQuotaExceededException', 'x', 'CONVERSATION_LIMIT_EXCEEDED'),
    ...wrong,
    calls: 2,
  },
  { seen: 'no capacity', answer: spent(429, 'INSUFFICIENT_MODEL_CAPACITY'), ...noCapacity },
  { seen: 'a model away', answer: spent(500, 'MODEL_TEMPORARILY_UNAVAILABLE'), ...noCapacity },
  { seen: 'high load', answer: failure(503, 'ServiceUnavailableException', HIGH_LOAD), ...noCapacity },
  { seen: '429 USER_REQUEST_RATE_EXCEEDED', answer: spent(429, 'USER_REQUEST_RATE_EXCEEDED'), ...slowDown },
  { seen: '429 CREDIT_CONSUMPTION_RATE_EXCEEDED', answer: spent(429, 'CREDIT_CONSUMPTION_RATE_EXCEEDED'), ...slowDown },
  { seen: '429 without a reason', answer: spent(429, null), ...slowDown },
  ...[500, 502, 503, 504].map((status) => ({
    seen: String(status),
    answer: failure(status, 'InternalServerException', 'x'),
    ...broken,
  })),
  { seen: 'a reset', answer: { kind: 'reset' }, ...broken },
  { seen: 'too long a prompt', answer: invalid('Input is too long.', TOO_LONG), ...wrong },
  {
    seen: 'an unknown model',
    answer: invalid('Invalid model. Please select a different model to continue.', 'INVALID_MODEL_ID'),
    ...good,
    ...refused,
    alone: [404, 'not_found_error'],
  },
  { seen: 'a malformed request', answer: invalid('Improperly formed request.', 'REQUEST_BODY_INVALID'), ...wrong },
  {
    seen: 'a missing profile that is not to be had',
    answer: invalid('profileArn is required for this request.'),
    ...refused,
    alone: [500, 'api_error'],
    status: 'disabled',
    reason: 'profileArn is required for this request.',
  },
  { seen: 'a refused signature', answer: invalid('x', 'THINKING_SIGNATURE_INVALID'), ...wrong },
  { seen: 'an image it does not take', answer: invalid('x', 'IMAGE_FORMAT_UNSUPPORTED'), ...wrong },
  { seen: 'a document it does not take', answer: invalid('x', 'DOCUMENT_SIZE_EXCEEDED'), ...wrong },
  { seen: 'tools it does not take', answer: invalid('x', 'TOOL_DUPLICATE'), ...wrong },
  { seen: 'a refused conversation id', answer: invalid('x', 'INVALID_CONVERSATION_ID'), ...wrong, calls: 2 },
  {
    seen: '404',
    answer: failure(404, 'ResourceNotFoundException', 'No such profile.'),
    ...misconfigured,
    reason: 'No such profile.',
  },
  {
    seen: '409',
    answer: failure(409, 'ConflictException', 'No such key.', 'CUSTOMER_KMS_KEY_DISABLED'),
    ...misconfigured,
    reason: 'No such key.',
  },
  { seen: 'validation wrapped in a 500', answer: failure(500, 'X', 'ValidationException: x'), ...wrong },
];

/** A gateway for the tests of a suite, and what is asked of it. */
function onStage(environment: () => Record<string, string>) {
  let simulator: Simulator;
  let gateway: RunningGateway;
  const call = adminApi(() => gateway);

  beforeAll(async () => {
    simulator = await Simulator.start();
    gateway = await startGateway(simulator, { accounts: 0, ...environment() });
    withoutPauses(gateway);
  });
  afterAll(async () => {
    await gateway.close();
    await simulator.close();
  });

  /** An account of the gateway and what stands behind it. */
  async function add(label: string, binding?: string) {
    const simulated = simulator.addAccount({ quota: { nextDateReset: RESET } });
    const settings = { label, binding, ...credentialsOf(simulated) };
    const { body } = await call('POST', '/v2/accounts', { body: settings });
    await gateway.app.get(ModelList).get(body.id);
    return { id: body.id as string, simulated };
  }

  const show = async (id: string) => (await call('GET', `/v2/accounts/${id}`)).body;
  const calls = ({ id }: SimulatedAccount) =>
    simulator.requests.filter((each) => each.accountId === id && each.operation === 'GenerateAssistantResponse').length;
  const hear = async (response: Response) => {
    const body = (await response.json()) as { error?: { type: string } };
    return [response.status, body.error?.type];
  };

  async function inState(id: string, status: string) {
    await eventually(async () => (await show(id)).status === status).catch(() => undefined);
    return show(id);
  }

  async function check(row: Row): Promise<void> {
    const { seen, answer, elsewhere, alone } = row;
    const first = await add(`refused: ${seen}`, row.binding);
    const second = await add(`beside: ${seen}`);
    try {
      simulator.answer(({ account }) => (account === first.simulated ? answer : undefined));

      const response = await post(gateway, QUESTION);
      expect(response.headers.get('x-amq-attempts')).toBe(elsewhere ? '2' : '1');
      expect(response.headers.get('x-amq-account')).toBe(elsewhere ? second.id : first.id);
      expect(await hear(response)).toEqual(elsewhere ? [200, undefined] : alone);

      if (row.probes === 2) await refusedAgain(first);
      const account = await inState(first.id, row.status);
      expect(calls(first.simulated)).toBe(row.calls * (row.probes === 2 ? 2 : 1) + (row.probes ?? 0));
      expect(account).toMatchObject({ status: row.status, statusReason: row.reason ?? null, enabled: true });
      if (row.until) {
        await eventually(async () => row.until?.().includes(Date.parse((await show(first.id)).statusUntil)) ?? false);
      } else expect(account.statusUntil).toBeNull();
      expect(await show(second.id)).toMatchObject({ status: 'active', statusReason: null });
      await expectAudited(first.id, row);

      const before = calls(first.simulated);
      const next = await post(gateway, QUESTION);
      expect(next.headers.get('x-amq-account')).toBe(second.id);
      if (row.status !== 'active') expect(calls(first.simulated)).toBe(before);

      await call('DELETE', `/v2/accounts/${second.id}`);
      await call('POST', `/v2/accounts/${first.id}/reset`);
      expect(await hear(await post(gateway, QUESTION))).toEqual(alone);
    } finally {
      simulator.answer(undefined);
      for (const { id } of [first, second]) await call('DELETE', `/v2/accounts/${id}`);
    }
  }

  /** A while after a refusal and the probe that followed it. */
  async function refusedAgain({ id, simulated }: { id: string; simulated: SimulatedAccount }) {
    await eventually(() => gateway.logs.some(({ msg }) => String(msg).startsWith(`Account ${id} was looked into`)));
    expect(await show(id)).toMatchObject({ status: 'active', statusReason: null });
    later(gateway, 15);
    for (const before = calls(simulated); calls(simulated) === before; ) await post(gateway, QUESTION);
  }

  async function expectAudited(id: string, { status, reason }: Row) {
    const expected = status === 'active' ? [] : [{ from: 'active', to: status, reason }];
    await eventually(async () => (await auditOf(id)).length === expected.length);
    expect(await auditOf(id)).toEqual(expected);
  }

  async function auditOf(id: string): Promise<object[]> {
    const rows: { details: string }[] = await gateway.app
      .get(DataSource)
      .query(`SELECT details FROM audit_events WHERE target = '${id}' AND action = 'account.status' ORDER BY at`);
    return rows.map(({ details }) => JSON.parse(details));
  }

  return { simulator: () => simulator, gateway: () => gateway, call, add, show, calls, inState, check };
}

describe('what says nothing of an account', () => {
  const { check } = onStage(() => ({}));
  // Nothing is stored: one database will do.
  it.each(TABLE.filter(({ status }) => status === 'active'))('$seen', check);
});

describeOnEachSharedDatabase('what follows from what the service says', (database) => {
  const { simulator, gateway, call, add, show, calls, inState, check } = onStage(() => database().environment);

  it.each(TABLE.filter(({ status }) => status !== 'active'))('$seen', check);

  it.each<[string, object, string, string]>([
    ['AccessDeniedException', { message: SUSPENDED, reason: 'TEMPORARILY_SUSPENDED' }, 'suspended', SUSPENDED],
    ['AccessDeniedException', { message: 'Not for you.', reason: 'FEATURE_NOT_SUPPORTED' }, 'disabled', 'Not for you.'],
    ['ServiceQuotaExceededException', { message: 'All used up.' }, 'quota_exhausted', 'All used up.'],
    ['ThrottlingException', { message: 'x', reason: 'DAILY_REQUEST_COUNT' }, 'quota_exhausted', 'x'],
  ])('means the same in the middle of an answer: %s %j', async (name, payload, status, reason) => {
    const { id, simulated } = await add(`in a stream: ${status}`);
    simulator().enqueueFor(simulated.id, stream(text('Hel'), exception(name, payload)));
    const response = await post(gateway(), { ...QUESTION, stream: true });
    expect(response.status).toBe(200);
    expect(await response.text()).toContain('event: error');
    expect(await inState(id, status)).toMatchObject({ status, statusReason: reason });
    await call('DELETE', `/v2/accounts/${id}`);
  });

  it('looks up a profile that is missing, for the very request', async () => {
    const simulated = simulator().addAccount({ kind: 'identity-center' });
    const { body } = await call('POST', '/v2/accounts', { body: { label: 'seat', ...credentialsOf(simulated) } });
    const response = await post(gateway(), QUESTION);
    expect([response.status, response.headers.get('x-amq-attempts')]).toEqual([200, '1']);
    expect(await show(body.id)).toMatchObject({ status: 'active', profileArn: simulated.profileArn, revision: 2 });
    expect(calls(simulated)).toBe(2);
    await call('DELETE', `/v2/accounts/${body.id}`);
  });

  it('renews a token that is refused in the middle of an answer', async () => {
    const { id, simulated } = await add('in a stream: a token');
    const token = simulated.accessToken;
    const words = 'The bearer token included in the request is invalid.';
    simulator().enqueueFor(simulated.id, stream(text('Hel'), exception('AccessDeniedException', { message: words })));
    await (await post(gateway(), { ...QUESTION, stream: true })).text();
    await eventually(() => simulated.accessToken !== token);
    expect(await inState(id, 'active')).toMatchObject({ status: 'active' });
    await call('DELETE', `/v2/accounts/${id}`);
  });
});

function endOf(window: number): number {
  return (Math.floor(Date.now() / window) + 1) * window;
}

function isMonday(at: number): boolean {
  return new Date(at).getUTCDay() === 1;
}
