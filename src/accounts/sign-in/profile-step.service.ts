import { Injectable } from '@nestjs/common';
import type { GatewayError } from '../../core/errors.js';
import { Clock } from '../../platform/clock.js';
import { AccountDirectory } from '../account-directory.service.js';
import { decideProfile } from './decide-profile.js';
import type { DeviceSignIn, FoundProfile } from './device-sign-in.js';
import { DeviceSignInRepository, type SignInWithSecrets } from './device-sign-in.repository.js';
import { ProfileFinder } from './profile-finder.service.js';
import { isBuilderId } from './sign-in-target.js';

/** Pauses, in seconds, before the profiles are asked for again. */
const PAUSES = [2, 5, 10];
/** An admin has so long to choose; the access token lives no longer. */
const CHOICE_MS = 3_600_000;

/** Finds the profile the account is to use; asks the admin where there are several. */
@Injectable()
export class ProfileStep {
  constructor(
    private readonly repository: DeviceSignInRepository,
    private readonly directory: AccountDirectory,
    private readonly finder: ProfileFinder,
    private readonly clock: Clock,
  ) {}

  /** @returns the sign-in with its profile, or without one, when that is decided */
  async take(current: SignInWithSecrets): Promise<SignInWithSecrets | undefined> {
    const { signIn, secrets } = current;
    // A Builder ID has none, and may not even ask (amazon-q.md §8.3).
    if (isBuilderId(signIn)) return this.decided(current, undefined);
    const account = signIn.renewsAccount ? this.directory.find(signIn.accountId) : undefined;
    const { profiles, failures } = await this.finder.search(account ?? {}, secrets.token?.accessToken ?? '');
    const passing = failures.find(isPassing);
    const pause = PAUSES[signIn.failures];
    if (passing && pause !== undefined) return this.askAgain(signIn, pause, wordsOf(passing));

    const decision = decideProfile(profiles, { wanted: signIn.profileArn, current: account?.profileArn });
    const [failure] = failures;
    switch (decision.kind) {
      case 'choice':
        return this.askAdmin(signIn, profiles, decision.reason);
      case 'taken':
        return this.decided(current, decision.arn, passing && `Not every region was asked: ${wordsOf(passing)}`);
      case 'none':
        return failure
          ? this.decided(current, account?.profileArn, `The profiles could not be read: ${wordsOf(failure)}`)
          : this.decided(current, undefined, 'The account has no profile');
    }
  }

  private async askAgain(signIn: DeviceSignIn, pause: number, reason: string): Promise<undefined> {
    const nextStepAt = new Date(this.clock.now() + pause * 1000);
    await this.repository.advance(signIn, { nextStepAt, failures: signIn.failures + 1, reason });
  }

  private async askAdmin(signIn: DeviceSignIn, profiles: FoundProfile[], reason?: string): Promise<undefined> {
    const expiresAt = new Date(this.clock.now() + CHOICE_MS);
    const waiting = { step: 'choice', nextStepAt: expiresAt, expiresAt, profiles, reason: reason ?? null } as const;
    await this.repository.advance(signIn, waiting);
  }

  private async decided(
    { signIn, secrets }: SignInWithSecrets,
    profileArn: string | undefined,
    reason?: string,
  ): Promise<SignInWithSecrets | undefined> {
    const { nextStepAt } = signIn;
    const change = { step: 'account', nextStepAt, profileArn: profileArn ?? null, reason: reason ?? null } as const;
    const isOwner = await this.repository.advance(signIn, change);
    return isOwner ? { signIn: { ...signIn, step: 'account', profileArn, reason }, secrets } : undefined;
  }
}

function isPassing({ failure }: GatewayError): boolean {
  return failure?.class === 'transient' || failure?.class === 'rate_limit' || failure?.class === 'capacity';
}

/** The service's own, for the operator. */
function wordsOf({ failure, message }: GatewayError): string {
  return failure?.serviceMessage ?? message;
}
