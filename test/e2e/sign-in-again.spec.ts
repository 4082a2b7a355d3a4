import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { DataSource } from 'typeorm';
import type { SimulatedAccount } from '../../simulator/account.js';
import type { Account } from '../../src/accounts/account.js';
import { AccountRepository } from '../../src/accounts/account.repository.js';
import { AccountDirectory } from '../../src/accounts/account-directory.service.js';
import { AuditTrail } from '../../src/accounts/audit-trail.service.js';
import { DeviceSignInRepository } from '../../src/accounts/sign-in/device-sign-in.repository.js';
import { SignInEndings } from '../../src/accounts/sign-in/sign-in-endings.service.js';
import { SignedInAccounts } from '../../src/accounts/sign-in/signed-in-accounts.service.js';
import { post, QUESTION } from '../support/ask.js';
import { describeOnEachDatabase } from '../support/databases.js';
import {
  accountOf,
  admin,
  COMPANY_URL,
  profileArn,
  SignInStage,
  signInNow,
  startSignIn,
} from '../support/sign-in-stage.js';
import type { RunningGateway } from '../support/start-gateway.js';

const FIRST = { arn: profileArn('us-east-1', 'FIRST'), name: 'First' };
const SECOND = { arn: profileArn('us-east-1', 'SECOND'), name: 'Second' };

describeOnEachDatabase('a device sign-in', (database) => {
  let stage: SignInStage;
  let gateway: RunningGateway;

  beforeEach(async () => {
    stage = await SignInStage.open(database());
    gateway = await stage.gateway();
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await stage.close();
  });

  const accounts = (of = gateway) => [...of.app.get(AccountDirectory).list()];
  const tokensGiven = () =>
    stage.simulator.requests.filter(({ operation, outcome }) => operation === 'CreateToken' && outcome === 'accepted');

  describe('that is open while the service', () => {
    it('restarts goes on where it was', async () => {
      const signIn = await startSignIn(gateway);
      await stage.failPolls(signIn, [{ error: 'slow_down' }]);
      await stage.pass(1, gateway);
      await stage.stop(gateway);

      gateway = await stage.gateway();
      expect(await signInNow(gateway, signIn)).toMatchObject({ status: 'pending', interval: 6 });
      await stage.approve(signIn);
      await stage.pass(5, gateway);
      expect((await signInNow(gateway, signIn)).status).toBe('pending');
      await stage.pass(1, gateway);
      expect(await signInNow(gateway, signIn)).toMatchObject({ status: 'complete' });
      expect(accounts()).toHaveLength(1);
    });

    it('restarts and waits for a choice still does', async () => {
      const signIn = await startSignIn(gateway, { startUrl: COMPANY_URL, region: 'eu-west-1' });
      await stage.approve(signIn, { profiles: [FIRST, SECOND] });
      await stage.pass(1, gateway);
      await stage.stop(gateway);

      gateway = await stage.gateway();
      const path = `/v2/accounts/login/${signIn.loginId}/profile`;
      expect((await admin(gateway, 'POST', path, { profileArn: SECOND.arn })).body.status).toBe('complete');
      expect(accounts()).toMatchObject([{ profileArn: SECOND.arn }]);
    });

    it('ends between the token and the account loses neither', async () => {
      jest.spyOn(gateway.app.get(SignedInAccounts), 'accept').mockRejectedValue(new Error('ended here'));
      const signIn = await startSignIn(gateway);
      await stage.approve(signIn);
      await stage.pass(1, gateway);
      await stage.stop(gateway);

      gateway = await stage.gateway();
      await stage.pass(60, gateway);
      expect((await signInNow(gateway, signIn)).status).toBe('complete');
      expect(accounts()).toHaveLength(1);
      expect(tokensGiven()).toHaveLength(1);
      expect((await post(gateway, QUESTION)).status).toBe(200);
    });

    it('ends after the account was made makes no second one', async () => {
      jest.spyOn(gateway.app.get(SignInEndings), 'end').mockRejectedValue(new Error('ended here'));
      const signIn = await startSignIn(gateway);
      await stage.approve(signIn);
      await stage.pass(1, gateway);
      expect(accounts()).toHaveLength(1);
      await stage.stop(gateway);

      gateway = await stage.gateway();
      await stage.pass(60, gateway);
      expect((await signInNow(gateway, signIn)).status).toBe('complete');
      expect(accounts()).toHaveLength(1);
    });

    it('can’t store the token keeps it until it can', async () => {
      jest.spyOn(gateway.app.get(DeviceSignInRepository), 'storeToken').mockRejectedValueOnce(new Error('disk full'));
      const signIn = await startSignIn(gateway);
      await stage.approve(signIn);
      await stage.pass(1, gateway);
      expect((await signInNow(gateway, signIn)).status).toBe('pending');
      await stage.pass(1, gateway);
      expect((await signInNow(gateway, signIn)).status).toBe('complete');
      expect(tokensGiven()).toHaveLength(1);
    });

    it('stores at its end a token that it could not store before', async () => {
      jest.spyOn(gateway.app.get(DeviceSignInRepository), 'storeToken').mockRejectedValueOnce(new Error('disk full'));
      const signIn = await startSignIn(gateway);
      await stage.approve(signIn);
      await stage.pass(1, gateway);
      await stage.stop(gateway);

      gateway = await stage.gateway();
      await stage.pass(1, gateway);
      expect((await signInNow(gateway, signIn)).status).toBe('complete');
    });
  });

  it('of two replicas is asked for by one at a time', async () => {
    const other = await stage.gateway();
    const signIn = await startSignIn(gateway);
    for (let second = 0; second < 5; second++) {
      stage.clock.advance(1);
      await Promise.all([stage.pass(0, gateway), stage.pass(0, other)]);
    }
    expect(stage.polls()).toEqual([0, 1, 2, 3, 4]);
    await stage.approve(signIn);
    await stage.pass(1, other);
    expect(await signInNow(gateway, signIn)).toEqual(await signInNow(other, signIn));
    expect(accounts(other)).toHaveLength(1);
  });

  it('is taken over from a replica that ended in the middle of a poll', async () => {
    const other = await stage.gateway();
    const signIn = await startSignIn(gateway);
    const repository = gateway.app.get(DeviceSignInRepository);
    jest.spyOn(repository, 'findWithSecrets').mockRejectedValue(new Error('ended here'));
    await stage.approve(signIn);
    await stage.pass(1, gateway);
    await stage.pass(59, other);
    expect(stage.polls()).toEqual([]);
    await stage.pass(1, other);
    expect((await signInNow(other, signIn)).status).toBe('complete');
  });

  it('that is cancelled while its token is on the way leaves nothing', async () => {
    const repository = gateway.app.get(DeviceSignInRepository);
    const store = repository.storeToken.bind(repository);
    const signIn = await startSignIn(gateway);
    jest.spyOn(repository, 'storeToken').mockImplementation(async (...row) => {
      await admin(gateway, 'DELETE', `/v2/accounts/login/${signIn.loginId}`);
      return store(...row);
    });
    await stage.approve(signIn);
    await stage.pass(1, gateway);
    expect(tokensGiven()).toHaveLength(1);
    expect((await admin(gateway, 'GET', `/v2/accounts/login/${signIn.loginId}`)).status).toBe(404);
    expect(accounts()).toEqual([]);
  });

  it('that is cancelled while its account is made leaves nothing either', async () => {
    const repository = gateway.app.get(AccountRepository);
    const insert = repository.insert.bind(repository);
    const signIn = await startSignIn(gateway);
    jest.spyOn(repository, 'insert').mockImplementation(async (...rows) => {
      expect((await admin(gateway, 'DELETE', `/v2/accounts/login/${signIn.loginId}`)).status).toBe(204);
      return insert(...rows);
    });
    await stage.approve(signIn);
    await stage.pass(1, gateway);
    expect(tokensGiven()).toHaveLength(1);
    expect((await admin(gateway, 'GET', `/v2/accounts/login/${signIn.loginId}`)).status).toBe(404);
    expect(accounts()).toEqual([]);
  });

  describe('of an account that is there', () => {
    let account: Account;
    let simulated: SimulatedAccount;

    const simulatedNow = () => {
      const newest = stage.simulator.accounts.at(-1);
      if (!newest) throw new Error('nobody signed in');
      return newest;
    };
    const signIn = async (body: object, profiles?: object[]) => {
      const started = await startSignIn(gateway, body);
      await stage.approve(started, profiles && { profiles });
      await stage.pass(1, gateway);
      return signInNow(gateway, started);
    };

    beforeEach(async () => {
      account = accountOf(gateway, await signIn({ label: 'Mine', weight: 3 }));
      simulated = simulatedNow();
      simulated.refreshFailure = { error: 'invalid_grant', description: 'Invalid refresh token provided' };
      simulated.expireTokens();
      await post(gateway, QUESTION);
      await gateway.app.get(AccountDirectory).changed();
      expect(accounts()).toMatchObject([{ status: 'needs_login' }]);
    });

    it('gives it new credentials and ends needs_login; the rest stays', async () => {
      const complete = await signIn({ accountId: account.id });
      expect(complete).toMatchObject({ status: 'complete', accountId: account.id });
      expect(accounts()).toEqual([
        expect.objectContaining({
          id: account.id,
          status: 'active',
          statusReason: undefined,
          label: 'Mine',
          weight: 3,
          credentialsSince: new Date(stage.clock.now()),
          tokenExpiresAt: new Date(stage.clock.now() + 3_600_000),
        }),
      ]);
      expect((await post(gateway, QUESTION)).headers.get('x-amq-account')).toBe(account.id);
      const stored = await gateway.app.get(AccountRepository).findWithSecrets(account.id);
      expect(stored?.secrets).toMatchObject({ clientId: simulatedNow().clientId });
      await gateway.app.get(AuditTrail).onApplicationShutdown(); // waits for what is being written
      const changes: { details: string }[] = await gateway.app
        .get(DataSource)
        .query(`SELECT details FROM audit_events WHERE action = 'account.status'`);
      expect(changes.map(({ details }) => JSON.parse(details))).toContainEqual({
        from: 'needs_login',
        to: 'active',
        reason: 'Signed in again',
      });
    });

    it('changes the settings that are given', async () => {
      await signIn({ accountId: account.id, label: 'Ours', enabled: false });
      expect(accounts()).toMatchObject([{ label: 'Ours', enabled: false, weight: 3 }]);
    });

    it('can make another kind of it, and goes by what the account knows afterwards', async () => {
      const company = { accountId: account.id, startUrl: COMPANY_URL, region: 'eu-west-1' };
      await signIn(company, [FIRST]);
      expect(accounts()).toMatchObject([{ startUrl: COMPANY_URL, ssoRegion: 'eu-west-1', profileArn: FIRST.arn }]);
      expect((await post(gateway, QUESTION)).status).toBe(200);
      // The profile it had is taken, though there are others.
      const again = await signIn({ accountId: account.id }, [SECOND, FIRST]);
      expect(again).toMatchObject({ status: 'complete', startUrl: COMPANY_URL, region: 'eu-west-1' });
      expect(accounts()).toMatchObject([{ profileArn: FIRST.arn }]);
      await signIn({ accountId: account.id, startUrl: 'https://view.awsapps.com/start/' });
      expect(accounts()).toMatchObject([{ startUrl: undefined, ssoRegion: 'us-east-1', profileArn: undefined }]);
      expect((await post(gateway, QUESTION)).status).toBe(200);
    });

    it('never puts tokens back that were renewed since', async () => {
      const end = jest.spyOn(gateway.app.get(SignInEndings), 'end').mockRejectedValueOnce(new Error('ended here'));
      const started = await startSignIn(gateway, { accountId: account.id });
      await stage.approve(started);
      await stage.pass(1, gateway);
      expect(end).toHaveBeenCalled();
      const newest = simulatedNow();
      newest.expireTokens();
      expect((await post(gateway, QUESTION)).status).toBe(200);
      expect(newest.renewals).toBe(1);

      await stage.pass(60, gateway);
      expect((await signInNow(gateway, started)).status).toBe('complete');
      const stored = await gateway.app.get(AccountRepository).findWithSecrets(account.id);
      expect(stored?.secrets).toMatchObject({ refreshToken: newest.refreshToken });
    });

    it('ends when the account is deleted meanwhile', async () => {
      const started = await startSignIn(gateway, { accountId: account.id });
      await gateway.app.get(AccountRepository).delete(account.id);
      await stage.approve(started);
      await stage.pass(1, gateway);
      expect(await signInNow(gateway, started)).toMatchObject({
        status: 'expired',
        reason: 'The account was deleted meanwhile',
      });
      expect(accounts()).toEqual([]);
    });
  });
});
