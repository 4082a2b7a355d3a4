import { Injectable, Logger } from '@nestjs/common';
import { SYSTEM } from '../../audit/audit-event.js';
import { AuditLog } from '../../audit/audit-log.service.js';
import { Clock } from '../../platform/clock.js';
import type { DeviceSignIn, Ending } from './device-sign-in.js';
import { DeviceSignInRepository } from './device-sign-in.repository.js';

/** Ends sign-ins: their secrets go, operators are told. */
@Injectable()
export class SignInEndings {
  private readonly logger = new Logger('SignIn');

  constructor(
    private readonly repository: DeviceSignInRepository,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /**
   * @param signIn as the caller owns it; nothing happens when it does not any more
   * @param reason for operators; never a secret
   * @returns whether the caller ended it
   */
  async end(signIn: DeviceSignIn, ending: Ending, reason?: string): Promise<boolean> {
    if (!(await this.repository.end(signIn, ending, reason, new Date(this.clock.now())))) return false;
    const { id, accountId } = signIn;
    this.logger.log({ msg: `Sign-in ${id}: ${ending}`, login: id, account: accountId, reason });
    const details = { loginId: id, signedInAgain: signIn.renewsAccount, ...(reason && { reason }) };
    await this.audit
      .record({ actor: SYSTEM, action: `account.login.${ending}`, target: accountId, details })
      .catch((error: unknown) => {
        this.logger.error({ msg: `The end of sign-in ${id} is not in the audit log`, login: id, err: error });
      });
    return true;
  }
}
