import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { AuthorizationStep } from './authorization-step.service.js';
import type { DeviceSignIn } from './device-sign-in.js';
import { DeviceSignInRepository, type SignInWithSecrets } from './device-sign-in.repository.js';
import { ProfileStep } from './profile-step.service.js';
import { SignInEndings } from './sign-in-endings.service.js';
import { SignedInAccounts } from './signed-in-accounts.service.js';

/**
 * What is done in each step of a sign-in, by whoever owns it. A step is stored before the next begins, and may be done
 * again by another process.
 */
@Injectable()
export class SignInSteps {
  constructor(
    private readonly repository: DeviceSignInRepository,
    private readonly authorization: AuthorizationStep,
    private readonly profile: ProfileStep,
    private readonly accounts: SignedInAccounts,
    private readonly endings: SignInEndings,
    private readonly clock: Clock,
  ) {}

  /** As many steps as can be done now. */
  async run({ id, step, nextStepAt }: DeviceSignIn): Promise<void> {
    let current = await this.repository.findWithSecrets(id);
    if (current?.signIn.step !== step || current.signIn.nextStepAt.getTime() !== nextStepAt.getTime()) return;
    while (current) current = await this.take(current);
  }

  /** @returns the sign-in as it is now, where more can be done */
  private async take(current: SignInWithSecrets): Promise<SignInWithSecrets | undefined> {
    const { signIn } = current;
    switch (signIn.step) {
      case 'authorization':
        return this.authorization.take(current);
      case 'profile':
        return this.profile.take(current);
      case 'choice':
        await this.endings.end(signIn, 'expired', 'No profile was chosen within an hour');
        return undefined;
      case 'account':
        await this.finish(current);
        return undefined;
      case 'complete':
      case 'denied':
      case 'expired':
        return undefined;
    }
  }

  private async finish(current: SignInWithSecrets): Promise<void> {
    const { signIn } = current;
    if (!(await this.accounts.accept(current))) {
      await this.endings.end(signIn, 'expired', 'The account was deleted meanwhile');
      return;
    }
    if (await this.endings.end(signIn, 'complete', signIn.reason)) return;
    // Cancelled while the account was made; once its time is over, another replica may have made it.
    const isOwner = this.clock.now() < signIn.nextStepAt.getTime();
    if (isOwner && !(await this.repository.find(signIn.id))) await this.accounts.takeBack(signIn);
  }
}
