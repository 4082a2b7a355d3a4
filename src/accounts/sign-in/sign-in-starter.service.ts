import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { GatewayError } from '../../core/errors.js';
import { Clock } from '../../platform/clock.js';
import { OidcError } from '../../upstreams/amazon-q/oidc-error.js';
import { registerClient } from '../../upstreams/amazon-q/register-client.js';
import { startDeviceAuthorization } from '../../upstreams/amazon-q/start-device-authorization.js';
import { UpstreamHttp } from '../../upstreams/upstream-http.js';
import type { DeviceSignIn, WantedSettings } from './device-sign-in.js';
import { DeviceSignInRepository, type SignInWithSecrets } from './device-sign-in.repository.js';
import { isBuilderId, type SignInTarget } from './sign-in-target.js';
import { startRefusal } from './start-refusal.js';

/** More than operators can confirm at a time. */
const MOST_OPEN = 100;
const RETRY_AFTER_SECONDS = 60;

export interface WantedSignIn {
  target: SignInTarget;
  tokenEndpoint: string;
  /** Of the account to be signed in again; undefined: a new one. */
  accountId?: string;
  settings: WantedSettings;
  profileArn?: string;
}

/**
 * Begins sign-ins with AWS SSO OIDC (amazon-q.md §9.1). Each registers a client of its own: tokens work with their
 * client only, and no account's sign-in ends because the registration of an older one does.
 */
@Injectable()
export class SignInStarter {
  /** Being begun here, and not in the table yet. */
  private starting = 0;

  constructor(
    private readonly repository: DeviceSignInRepository,
    private readonly http: UpstreamHttp,
    private readonly clock: Clock,
  ) {}

  /** @throws GatewayError: too many are open, the service knows no such start URL, or it does not answer */
  async start(wanted: WantedSignIn): Promise<DeviceSignIn> {
    this.starting++;
    try {
      if (this.starting + (await this.repository.countOpen()) > MOST_OPEN) throw tooMany();
      const begun = await this.authorize(wanted);
      await this.repository.insert(begun);
      return begun.signIn;
    } catch (error) {
      throw error instanceof OidcError ? startRefusal(error) : error;
    } finally {
      this.starting--;
    }
  }

  private async authorize(wanted: WantedSignIn): Promise<SignInWithSecrets> {
    const { target, tokenEndpoint, accountId, settings, profileArn } = wanted;
    const http = this.http.dispatcher;
    const client = await registerClient(tokenEndpoint, http);
    const device = await startDeviceAuthorization(tokenEndpoint, client, target.startUrl, http);
    const { userCode, verificationUri, verificationUriComplete, interval, expiresIn } = device;
    const now = this.clock.now();
    const expiresAt = new Date(now + expiresIn * 1000);
    const signIn: DeviceSignIn = {
      id: randomUUID(),
      step: 'authorization',
      accountId: accountId ?? randomUUID(),
      renewsAccount: accountId !== undefined,
      wanted: settings,
      ...target,
      tokenEndpoint,
      profileArn: isBuilderId(target) ? undefined : profileArn,
      userCode,
      verificationUri,
      verificationUriComplete,
      interval,
      nextStepAt: new Date(Math.min(now + interval * 1000, expiresAt.getTime())),
      failures: 0,
      expiresAt,
      createdAt: new Date(now),
    };
    const { clientId, clientSecret } = client;
    const registrationExpiresAt = client.expiresAt.getTime();
    return { signIn, secrets: { clientId, clientSecret, registrationExpiresAt, deviceCode: device.deviceCode } };
  }
}

function tooMany(): GatewayError {
  return new GatewayError('rate_limit', `At most ${MOST_OPEN} sign-ins may be pending; cancel some`, {
    retryAfter: RETRY_AFTER_SECONDS,
  });
}
