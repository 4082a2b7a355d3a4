import { Injectable } from '@nestjs/common';
import { invalidInput } from '../../auth/input/input-validation.pipe.js';
import { Configuration } from '../../platform/config/configuration.js';
import type { Account } from '../account.js';
import { AccountDirectory } from '../account-directory.service.js';
import type { WantedSettings } from './device-sign-in.js';
import type { StartSignInDto } from './dto/start-sign-in.dto.js';
import type { WantedSignIn } from './sign-in-starter.service.js';
import { signInTarget } from './sign-in-target.js';

/** Makes of an admin's wish what is asked of AWS: with what the account knows, and where AWS is asked. */
@Injectable()
export class SignInRequests {
  constructor(
    private readonly directory: AccountDirectory,
    private readonly configuration: Configuration,
  ) {}

  /** @throws GatewayError naming the field that can't be so */
  async decode(given: StartSignInDto): Promise<WantedSignIn> {
    const account = given.accountId == null ? undefined : await this.accountOf(given.accountId);
    const { startUrl, region, profileArn } = given;
    const target = signInTarget({ startUrl: startUrl ?? undefined, region: region ?? undefined }, account);
    return {
      target,
      tokenEndpoint: this.tokenEndpoint(target.region, account),
      ...(account && { accountId: account.id }),
      settings: settingsIn(given),
      ...(profileArn && { profileArn }),
    };
  }

  private async accountOf(id: string): Promise<Account> {
    // Another replica may have made it a moment ago.
    if (!this.directory.find(id)) await this.directory.changed();
    const account = this.directory.find(id);
    if (account?.provider === 'amazonq') return account;
    const message = account ? 'accountId is of an account that needs no sign-in' : 'accountId is of no account';
    throw invalidInput([{ path: 'accountId', message }]);
  }

  /** Contract §10.1: an account's own, else the one set, else the region's. */
  private tokenEndpoint(region: string, account: Account | undefined): string {
    const { AMAZONQ_TOKEN_ENDPOINT } = this.configuration.settings;
    return account?.tokenEndpoint ?? AMAZONQ_TOKEN_ENDPOINT ?? `https://oidc.${region}.amazonaws.com/token`;
  }
}

function settingsIn({ label, enabled, weight, priority }: StartSignInDto): WantedSettings {
  return {
    ...(label != null && { label }),
    ...(enabled != null && { enabled }),
    ...(weight != null && { weight }),
    ...(priority != null && { priority }),
  };
}
