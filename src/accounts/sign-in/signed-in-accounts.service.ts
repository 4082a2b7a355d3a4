import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { AccountRepository, type GivenCredentials } from '../account.repository.js';
import { AccountDirectory } from '../account-directory.service.js';
import { identityCenterUrl } from '../import/start-url.js';
import { StatusLog } from '../status-log.service.js';
import { accountLabel } from './account-label.js';
import type { DeviceSignIn } from './device-sign-in.js';
import type { SignInWithSecrets } from './device-sign-in.repository.js';
import type { SignInSecrets } from './sign-in-secrets.js';

/** Of an account that nobody changed. */
const FIRST_REVISION = 1;

/** Makes an account of a sign-in, or signs one in again. Done twice it changes nothing the second time. */
@Injectable()
export class SignedInAccounts {
  private readonly logger = new Logger('SignIn');

  constructor(
    private readonly repository: AccountRepository,
    private readonly directory: AccountDirectory,
    private readonly statusLog: StatusLog,
    private readonly clock: Clock,
  ) {}

  /** @returns false when the account that was to be signed in again is gone */
  async accept({ signIn, secrets }: SignInWithSecrets): Promise<boolean> {
    const credentials = credentialsOf(secrets);
    const done = signIn.renewsAccount ? await this.renew(signIn, credentials) : await this.create(signIn, credentials);
    await this.readAgain(signIn);
    return done;
  }

  /** Of a sign-in that was cancelled while its account was made: the account goes, unless somebody changed it since. */
  async takeBack({ id: login, accountId, renewsAccount }: DeviceSignIn): Promise<void> {
    if (renewsAccount || !(await this.repository.delete(accountId, FIRST_REVISION))) return;
    this.logger.log({ msg: `Sign-in ${login} was cancelled while its account was made`, login, account: accountId });
    await this.readAgain({ id: login });
  }

  /** What is stored is stored; where it can't be read now, the directory does so by itself later. */
  private async readAgain({ id: login }: Pick<DeviceSignIn, 'id'>): Promise<void> {
    await this.directory.changed().catch((error: unknown) => {
      this.logger.warn({ msg: 'The accounts cannot be read after a sign-in', login, err: error });
    });
  }

  private async create(signIn: DeviceSignIn, credentials: GivenCredentials): Promise<true> {
    const { accountId: id, wanted, startUrl, region, profileArn } = signIn;
    const taken = new Set(Array.from(this.directory.list(), ({ label }) => label));
    const account = {
      id,
      provider: 'amazonq' as const,
      label: accountLabel(startUrl, taken),
      ...wanted,
      startUrl: identityCenterUrl(startUrl),
      ssoRegion: region,
      profileArn,
      ...credentials,
    };
    await this.repository.insert([account], new Date(this.clock.now()));
    return true;
  }

  private async renew(signIn: DeviceSignIn, credentials: GivenCredentials): Promise<boolean> {
    const { accountId: id, wanted, startUrl, region, profileArn = null } = signIn;
    const stored = await this.repository.findWithSecrets(id);
    if (!stored) return false;
    // Each sign-in registers a client of its own. Its tokens may have been renewed since: they must not be put back.
    if (clientOf(stored) === clientOf(credentials)) return true;
    const settings = { ...wanted, startUrl: identityCenterUrl(startUrl) ?? null, ssoRegion: region, profileArn };
    const changed = await this.repository.change(id, { settings, credentials }, new Date(this.clock.now()));
    if (changed && stored.account.status === 'needs_login') {
      this.statusLog.changed(id, { from: 'needs_login', to: 'active', reason: 'Signed in again' });
    }
    return changed;
  }
}

function credentialsOf({ token, ...client }: SignInSecrets): GivenCredentials {
  if (!token) throw new Error('There is no token yet');
  const { accessToken, refreshToken, expiresAt } = token;
  const { clientId, clientSecret, registrationExpiresAt } = client;
  return {
    secrets: { kind: 'oidc', clientId, clientSecret, accessToken, refreshToken },
    tokenExpiresAt: new Date(expiresAt),
    registrationExpiresAt: new Date(registrationExpiresAt),
  };
}

function clientOf({ secrets }: Pick<GivenCredentials, 'secrets'>): string | undefined {
  return secrets.kind === 'oidc' ? secrets.clientId : undefined;
}
