import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { createDeviceToken, type DeviceToken } from '../../upstreams/amazon-q/create-device-token.js';
import { OidcError } from '../../upstreams/amazon-q/oidc-error.js';
import { UpstreamHttp } from '../../upstreams/upstream-http.js';
import { afterPoll } from './after-poll.js';
import type { DeviceSignIn } from './device-sign-in.js';
import { DeviceSignInRepository, type SignInWithSecrets } from './device-sign-in.repository.js';
import { SignInEndings } from './sign-in-endings.service.js';
import type { SignInSecrets } from './sign-in-secrets.js';

/** Asks for the token that the user's confirmation brings: one poll at a time. */
@Injectable()
export class AuthorizationStep {
  private readonly logger = new Logger('SignIn');
  /** Tokens that could not be stored: the code that brought them works no more. At most one for each open sign-in. */
  private readonly unstored = new Map<string, SignInWithSecrets>();

  constructor(
    private readonly repository: DeviceSignInRepository,
    private readonly endings: SignInEndings,
    private readonly http: UpstreamHttp,
    private readonly clock: Clock,
  ) {}

  get hasUnstored(): boolean {
    return this.unstored.size > 0;
  }

  /** Tries again to store tokens. @throws when the database still does not take them */
  async storeUnstored(): Promise<void> {
    for (const { signIn, secrets } of this.unstored.values()) {
      await this.repository.storeToken({ ...signIn, nextStepAt: new Date(this.clock.now()) }, secrets);
      this.unstored.delete(signIn.id);
    }
  }

  /** @returns the sign-in with its tokens, once the user confirmed it */
  async take(current: SignInWithSecrets): Promise<SignInWithSecrets | undefined> {
    const { signIn, secrets } = current;
    if (this.clock.now() >= signIn.expiresAt.getTime()) return this.expire(signIn);
    let token: DeviceToken;
    try {
      token = await createDeviceToken(signIn.tokenEndpoint, secrets, secrets.deviceCode, this.http.dispatcher);
    } catch (error) {
      if (!(error instanceof OidcError)) throw error;
      return this.waitOrEnd(signIn, error);
    }
    const { accessToken, refreshToken, expiresIn } = token;
    if (refreshToken === undefined) {
      await this.endings.end(signIn, 'expired', 'The service gave no refresh token, so nothing would last');
      return undefined;
    }
    const expiresAt = this.clock.now() + expiresIn * 1000;
    return this.store(signIn, { ...secrets, token: { accessToken, refreshToken, expiresAt } });
  }

  private async expire(signIn: DeviceSignIn): Promise<undefined> {
    const last = signIn.reason ? ` (last: ${signIn.reason})` : '';
    await this.endings.end(signIn, 'expired', `The code was not confirmed in time${last}`);
  }

  private async waitOrEnd(signIn: DeviceSignIn, error: OidcError): Promise<undefined> {
    const next = afterPoll(error, signIn);
    if (next.kind === 'end') {
      await this.endings.end(signIn, next.status, next.reason);
      return;
    }
    const { pause, interval, failures, reason = null } = next;
    // The end is noticed when it comes, not with a poll after it.
    const nextStepAt = new Date(Math.min(this.clock.now() + pause * 1000, signIn.expiresAt.getTime()));
    await this.repository.advance(signIn, { nextStepAt, interval, failures, reason });
  }

  private async store(signIn: DeviceSignIn, secrets: SignInSecrets): Promise<SignInWithSecrets | undefined> {
    const isThere = await this.repository.storeToken(signIn, secrets).catch((error: unknown) => {
      this.unstored.set(signIn.id, { signIn, secrets });
      throw error;
    });
    if (isThere) return { signIn: { ...signIn, step: 'profile', failures: 0, reason: undefined }, secrets };
    this.logger.log({ msg: `Sign-in ${signIn.id} was confirmed after it was cancelled`, login: signIn.id });
    return undefined;
  }
}
