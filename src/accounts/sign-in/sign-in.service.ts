import { Injectable } from '@nestjs/common';
import type { Actor } from '../../audit/audit-event.js';
import { AuditLog } from '../../audit/audit-log.service.js';
import { invalidInput } from '../../auth/input/input-validation.pipe.js';
import { GatewayError } from '../../core/errors.js';
import { Clock } from '../../platform/clock.js';
import { type DeviceSignIn, statusOf } from './device-sign-in.js';
import { DeviceSignInRepository } from './device-sign-in.repository.js';
import { SignInPoller } from './sign-in-poller.service.js';
import { SignInStarter, type WantedSignIn } from './sign-in-starter.service.js';

const SIGN_IN_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Device sign-ins as admins use them (contract §4). What is done is audited. */
@Injectable()
export class SignInService {
  constructor(
    private readonly starter: SignInStarter,
    private readonly repository: DeviceSignInRepository,
    private readonly poller: SignInPoller,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /** @throws GatewayError when it can't be begun */
  async start(wanted: WantedSignIn, actor: Actor): Promise<DeviceSignIn> {
    const signIn = await this.starter.start(wanted);
    const { startUrl, region, renewsAccount: signedInAgain } = signIn;
    try {
      await this.record('start', signIn, actor, { startUrl, region, signedInAgain });
    } catch (error) {
      await this.repository.delete(signIn.id);
      throw error;
    }
    this.poller.wakeFor(signIn);
    return signIn;
  }

  /** @throws GatewayError `not_found` */
  async get(id: string): Promise<DeviceSignIn> {
    const signIn = SIGN_IN_ID.test(id) ? await this.repository.find(id) : undefined;
    if (!signIn) throw notFound();
    return signIn;
  }

  /** @throws GatewayError when it waits for no choice, or the account may not use that profile */
  async chooseProfile(id: string, profileArn: string, actor: Actor): Promise<DeviceSignIn> {
    const signIn = await this.get(id);
    if (signIn.step !== 'choice') throw noChoice();
    if (!signIn.profiles?.some(({ arn }) => arn === profileArn)) {
      throw invalidInput([{ path: 'profileArn', message: 'profileArn must be one of profiles' }]);
    }
    if (!(await this.repository.choose(id, profileArn, new Date(this.clock.now())))) throw noChoice();
    await this.record('choose_profile', signIn, actor, { profileArn });
    await this.poller.advance(await this.get(id));
    return this.get(id);
  }

  /** Nothing is left of it; a token that is on its way is thrown away. @throws GatewayError `not_found` */
  async cancel(id: string, actor: Actor): Promise<void> {
    const signIn = await this.get(id);
    if (!(await this.repository.delete(id))) throw notFound();
    await this.record('cancel', signIn, actor, { status: statusOf(signIn) });
  }

  private async record(action: string, signIn: DeviceSignIn, actor: Actor, details = {}): Promise<void> {
    const { id: loginId, accountId: target } = signIn;
    await this.audit.record({ actor, action: `account.login.${action}`, target, details: { loginId, ...details } });
  }
}

function notFound(): GatewayError {
  return new GatewayError('not_found', 'There is no sign-in of this id');
}

function noChoice(): GatewayError {
  return new GatewayError('conflict', 'This sign-in does not wait for the choice of a profile');
}
