import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { DataSource } from 'typeorm';
import { AccountDirectory } from '../../src/accounts/account-directory.service.js';
import { SignInPoller } from '../../src/accounts/sign-in/sign-in-poller.service.js';
import { UpstreamHttp } from '../../src/upstreams/upstream-http.js';
import { post, QUESTION } from '../support/ask.js';
import { describeOnEachDatabase } from '../support/databases.js';
import { inRegions } from '../support/in-regions.js';
import {
  accountOf,
  admin,
  BUILDER_ID_URL,
  COMPANY_URL,
  profileArn,
  SignInStage,
  signInNow,
  startSignIn,
} from '../support/sign-in-stage.js';
import type { RunningGateway } from '../support/start-gateway.js';

const DAY = 86_400;
const COMPANY = { startUrl: COMPANY_URL, region: 'eu-west-1' };
const ENGINEERING = { arn: profileArn('us-east-1', 'ENGINEERING'), name: 'Engineering' };
const SALES = { arn: profileArn('eu-central-1', 'SALES'), name: 'Sales' };

describeOnEachDatabase('a device sign-in', (database) => {
  let stage: SignInStage;
  let gateway: RunningGateway;

  beforeEach(async () => {
    stage = await SignInStage.open(database());
    gateway = await stage.gateway();
  });
  afterEach(() => stage.close());

  const ask = async () => {
    const response = await post(gateway, QUESTION);
    return { status: response.status, account: response.headers.get('x-amq-account') };
  };
  const audited = async (action: string) => {
    const rows: { target: string; actor: string; details: string }[] = await gateway.app
      .get(DataSource)
      .query(`SELECT target, actor, details FROM audit_events WHERE action = '${action}'`);
    return rows.map(({ details, ...row }) => ({ ...row, ...JSON.parse(details) }));
  };

  it('with a Builder ID brings an account that serves requests', async () => {
    const answer = await admin(gateway, 'POST', '/v2/accounts/login', {});
    expect(answer.status).toBe(201);
    expect(answer.headers.get('location')).toBe(`/v2/accounts/login/${answer.body.loginId}`);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.body).toEqual({
      loginId: expect.any(String),
      status: 'pending',
      userCode: expect.stringMatching(/^\w{4}-\w{4}$/),
      verificationUri: `${stage.simulator.url}/device`,
      verificationUriComplete: `${stage.simulator.url}/device?user_code=${answer.body.userCode}`,
      expiresAt: new Date(stage.clock.now() + 600_000).toISOString(),
      interval: 1,
      startUrl: BUILDER_ID_URL,
      region: 'us-east-1',
      createdAt: new Date(stage.clock.now()).toISOString(),
    });
    expect(stage.simulator.requests.map(({ operation, body }) => [operation, body])).toEqual([
      [
        'RegisterClient',
        {
          clientName: 'amq-gateway',
          clientType: 'public',
          scopes: ['codewhisperer:completions', 'codewhisperer:analysis', 'codewhisperer:conversations'],
        },
      ],
      ['StartDeviceAuthorization', expect.objectContaining({ startUrl: BUILDER_ID_URL })],
    ]);

    await stage.pass(1, gateway);
    expect(await signInNow(gateway, answer.body)).toEqual(answer.body);
    await stage.approve(answer.body);
    await stage.pass(1, gateway);
    const complete = await signInNow(gateway, answer.body);
    expect(complete).toEqual({
      ...answer.body,
      status: 'complete',
      accountId: expect.any(String),
      endedAt: new Date(stage.clock.now()).toISOString(),
    });
    expect(accountOf(gateway, complete)).toMatchObject({
      label: 'Builder ID',
      provider: 'amazonq',
      enabled: true,
      status: 'active',
      weight: 1,
      ssoRegion: 'us-east-1',
      startUrl: undefined,
      profileArn: undefined,
      tokenExpiresAt: new Date(stage.clock.now() + 3_600_000),
      registrationExpiresAt: new Date(Math.floor(stage.clock.now() / 1000 - 2) * 1000 + 90 * DAY * 1000),
    });
    expect(await ask()).toEqual({ status: 200, account: complete.accountId });
    expect(await audited('account.login.start')).toEqual([
      expect.objectContaining({ target: complete.accountId, actor: 'ADMIN_API_KEY', loginId: complete.loginId }),
    ]);
    expect(await audited('account.login.complete')).toMatchObject([{ target: complete.accountId, actor: 'system' }]);
  });

  it('gives each account a name of its own, or the one wanted, and the settings wanted', async () => {
    const bodies = [{}, {}, COMPANY, COMPANY, { label: 'Team seat 1', enabled: false, weight: 7, priority: 2 }];
    const accounts = [];
    for (const body of bodies) {
      const signIn = await startSignIn(gateway, body);
      await stage.approve(signIn);
      await stage.pass(1, gateway);
      accounts.push(accountOf(gateway, await signInNow(gateway, signIn)));
    }
    expect(accounts.map(({ label }) => label)).toEqual([
      'Builder ID',
      'Builder ID 2',
      'my-company',
      'my-company 2',
      'Team seat 1',
    ]);
    expect(accounts.at(-1)).toMatchObject({ enabled: false, weight: 7, priority: 2 });
  });

  describe('with IAM Identity Center', () => {
    const signInto = async (body: object, profiles?: object[], more: object = {}) => {
      const signIn = await startSignIn(gateway, { ...COMPANY, ...body });
      await stage.approve(signIn, { ...(profiles && { profiles }), ...more });
      await stage.pass(1, gateway);
      return signInNow(gateway, signIn);
    };

    it('takes the only profile there is', async () => {
      const complete = await signInto({ startUrl: `${COMPANY_URL}/#/` }, [SALES]);
      expect(complete).toMatchObject({ status: 'complete', startUrl: COMPANY_URL, region: 'eu-west-1' });
      expect(complete.reason).toBeUndefined();
      expect(accountOf(gateway, complete)).toMatchObject({
        startUrl: COMPANY_URL,
        ssoRegion: 'eu-west-1',
        profileArn: SALES.arn,
      });
      expect(await ask()).toEqual({ status: 200, account: complete.accountId });
    });

    it('waits for the choice of one of several', async () => {
      const waiting = await signInto({}, [ENGINEERING, SALES]);
      expect(waiting).toMatchObject({
        status: 'pending',
        profiles: [
          { ...ENGINEERING, region: 'us-east-1' },
          { ...SALES, region: 'eu-central-1' },
        ],
        expiresAt: new Date(stage.clock.now() + 3_600_000).toISOString(),
      });
      expect([...gateway.app.get(AccountDirectory).list()]).toEqual([]);
      const choose = (arn: unknown) =>
        admin(gateway, 'POST', `/v2/accounts/login/${waiting.loginId}/profile`, { profileArn: arn });
      for (const arn of [profileArn('us-east-1', 'STRANGER'), 'nonsense', '', 7, null, 'arn:'.padEnd(2000, 'x')]) {
        const refused = await choose(arn);
        expect([refused.status, refused.body.errors[0].field]).toEqual([400, 'profileArn']);
      }

      const answers = await Promise.all([choose(SALES.arn), choose(SALES.arn)]);
      expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409]);
      const complete = await signInNow(gateway, waiting);
      expect(complete).toMatchObject({ status: 'complete' });
      expect(complete).not.toHaveProperty('profiles');
      expect(accountOf(gateway, complete).profileArn).toBe(SALES.arn);
      expect((await choose(SALES.arn)).status).toBe(409);
      expect(await ask()).toEqual({ status: 200, account: complete.accountId });
      expect(await audited('account.login.choose_profile')).toMatchObject([{ profileArn: SALES.arn }]);
    });

    it('need not ask when it was told which', async () => {
      const complete = await signInto({ profileArn: SALES.arn }, [ENGINEERING, SALES]);
      expect(accountOf(gateway, complete).profileArn).toBe(SALES.arn);
    });

    it('asks when the account may not use the one it was told', async () => {
      const waiting = await signInto({ profileArn: profileArn('us-east-1', 'STRANGER') }, [ENGINEERING]);
      expect(waiting).toMatchObject({ status: 'pending', profiles: [{ arn: ENGINEERING.arn }] });
      expect(waiting.reason).toContain('STRANGER');
    });

    it('reads lists of profiles to their end', async () => {
      const many = Array.from({ length: 25 }, (_, index) => ({
        arn: profileArn('us-east-1', `P${100 + index}`),
        name: 'x',
      }));
      expect((await signInto({}, many)).profiles).toHaveLength(25);
    });

    it('ends when nobody chooses within an hour', async () => {
      const waiting = await signInto({}, [ENGINEERING, SALES]);
      await stage.pass(3599, gateway);
      expect((await signInNow(gateway, waiting)).status).toBe('pending');
      await stage.pass(1, gateway);
      expect(await signInNow(gateway, waiting)).toMatchObject({
        status: 'expired',
        reason: 'No profile was chosen within an hour',
      });
      expect([...gateway.app.get(AccountDirectory).list()]).toEqual([]);
    });

    it('brings an account without a profile where there is none, and says so', async () => {
      const complete = await signInto({}, []);
      expect(complete).toMatchObject({ status: 'complete', reason: 'The account has no profile' });
      expect(accountOf(gateway, complete).profileArn).toBeUndefined();
    });

    it('asks some times for profiles that can’t be read, then does without and says so', async () => {
      const controlPlaneFailure = {
        kind: 'error',
        status: 500,
        type: 'InternalServerException',
        message: 'Try again.',
      };
      const waiting = await signInto({}, [SALES], { controlPlaneFailure });
      expect(waiting).toMatchObject({ status: 'pending', reason: 'Try again.' });
      for (const pause of [2, 5, 10]) await stage.pass(pause, gateway);
      const complete = await signInNow(gateway, waiting);
      expect(complete).toMatchObject({ status: 'complete', reason: 'The profiles could not be read: Try again.' });
      expect(accountOf(gateway, complete).profileArn).toBeUndefined();
      const asked = stage.simulator.requests.filter(({ operation }) => operation === 'ListAvailableProfiles');
      expect(asked).toHaveLength(4);
    });

    it('asks both regions where no endpoint is set', async () => {
      const everywhere = await stage.gateway({ AMAZONQ_API_ENDPOINT: '' });
      const hosts = inRegions(everywhere.app.get(UpstreamHttp), stage.simulator.url);
      const signIn = await startSignIn(everywhere, COMPANY);
      await stage.approve(signIn, { profiles: [ENGINEERING, SALES] });
      await stage.pass(1, everywhere);
      expect((await signInNow(everywhere, signIn)).profiles).toHaveLength(2);
      expect(hosts).toEqual(
        new Map([
          ['q.us-east-1.amazonaws.com', 1],
          ['q.eu-central-1.amazonaws.com', 1],
        ]),
      );
    });
  });

  it('ends when the user refuses', async () => {
    const signIn = await startSignIn(gateway);
    await stage.deny(signIn);
    await stage.pass(1, gateway);
    expect(await signInNow(gateway, signIn)).toMatchObject({
      status: 'denied',
      reason: expect.stringContaining('access_denied'),
    });
    await stage.pass(60, gateway);
    expect(stage.polls()).toHaveLength(1);
    expect(await audited('account.login.denied')).toHaveLength(1);
  });

  it('ends when nobody confirms in time', async () => {
    const signIn = await startSignIn(gateway);
    await stage.pass(599, gateway);
    expect((await signInNow(gateway, signIn)).status).toBe('pending');
    await stage.pass(1, gateway);
    expect(await signInNow(gateway, signIn)).toMatchObject({
      status: 'expired',
      reason: 'The code was not confirmed in time',
    });
    expect(stage.polls()).toHaveLength(1);
  });

  it.each([
    ['expired_token', 'The code was not confirmed in time'],
    ['invalid_grant', 'invalid_grant'],
    ['invalid_client', 'invalid_client'],
    ['unauthorized_client', 'unauthorized_client'],
  ])('ends on %s', async (error, reason) => {
    const signIn = await startSignIn(gateway);
    await stage.failPolls(signIn, [{ error }]);
    await stage.pass(1, gateway);
    const ended = await signInNow(gateway, signIn);
    expect(ended).toMatchObject({ status: 'expired', reason: expect.stringContaining(reason) });
    await stage.pass(60, gateway);
    expect(stage.polls()).toHaveLength(1);
  });

  it('that is cancelled is gone, and asks no more', async () => {
    const signIn = await startSignIn(gateway);
    await stage.approve(signIn);
    const path = `/v2/accounts/login/${signIn.loginId}`;
    expect(await admin(gateway, 'DELETE', path)).toMatchObject({ status: 204, body: undefined });
    expect((await admin(gateway, 'GET', path)).status).toBe(404);
    expect((await admin(gateway, 'DELETE', path)).status).toBe(404);
    await stage.pass(60, gateway);
    expect(stage.polls()).toEqual([]);
    expect([...gateway.app.get(AccountDirectory).list()]).toEqual([]);
    expect(await audited('account.login.cancel')).toMatchObject([{ loginId: signIn.loginId, status: 'pending' }]);
  });

  it('is not asked for more often than the service wants', async () => {
    const signIn = await startSignIn(gateway);
    await stage.failPolls(signIn, [{ error: 'slow_down' }, { error: 'slow_down' }]);
    for (let second = 0; second < 30; second++) await stage.pass(1, gateway);
    expect(stage.polls()).toEqual([0, 6, 17, 28]);
    expect(
      stage.simulator.requests.map(({ error }) => error?.type).filter((type) => type === 'slow_down'),
    ).toHaveLength(2);
    expect((await signInNow(gateway, signIn)).interval).toBe(11);
  });

  it('goes on, less and less often, while the service is in trouble', async () => {
    const signIn = await startSignIn(gateway);
    await stage.failPolls(signIn, [{ kind: 'reset' }, { status: 503, error: 'x' }, { kind: 'reset' }]);
    for (let second = 0; second < 8; second++) await stage.pass(1, gateway);
    expect(stage.polls()).toEqual([0, 1, 3, 7]);
    expect((await signInNow(gateway, signIn)).status).toBe('pending');
    await stage.approve(signIn);
    await stage.pass(1, gateway);
    expect((await signInNow(gateway, signIn)).status).toBe('complete');
  });

  it('says what is in the way, also when it expires of it', async () => {
    const signIn = await startSignIn(gateway);
    await stage.failPolls(signIn, [{ status: 503, error: 'x' }]);
    await stage.pass(1, gateway);
    expect(await signInNow(gateway, signIn)).toMatchObject({
      status: 'pending',
      reason: expect.stringContaining('http_503'),
    });
    await stage.pass(600, gateway);
    expect(await signInNow(gateway, signIn)).toMatchObject({
      status: 'expired',
      reason: expect.stringContaining('(last: 127.0.0.1:'),
    });
  });

  it('can be asked for during a day after its end', async () => {
    const signIn = await startSignIn(gateway);
    await stage.pass(600, gateway);
    await stage.pass(DAY - 1, gateway);
    expect((await signInNow(gateway, signIn)).status).toBe('expired');
    await stage.pass(700, gateway);
    expect((await admin(gateway, 'GET', `/v2/accounts/login/${signIn.loginId}`)).status).toBe(404);
  });

  it('needs nobody who ticks', async () => {
    const poller = gateway.app.get(SignInPoller);
    const ticked = jest.spyOn(poller, 'tick');
    const signIn = await startSignIn(gateway);
    await stage.approve(signIn);
    stage.clock.advance(1);
    for (let attempt = 0; attempt < 500; attempt++) {
      if ((await signInNow(gateway, signIn)).status === 'complete') break;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect((await signInNow(gateway, signIn)).status).toBe('complete');
    expect(ticked).not.toHaveBeenCalled();
  });
});
