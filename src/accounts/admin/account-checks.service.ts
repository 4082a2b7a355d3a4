import { Injectable } from '@nestjs/common';
import { type FieldProblem, GatewayError } from '../../core/errors.js';
import { Configuration } from '../../platform/config/configuration.js';
import { Encryption } from '../../platform/encryption/encryption.js';
import { type AccountSecrets, recognisableIn } from '../account-secrets.js';
import { idOfSignIn } from '../same-sign-in.js';
import { type AccountInput, credentialProblems, endpointProblems } from './account-input.js';
import { AccountListRepository } from './account-list.repository.js';

/** What is looked at beyond each field by itself when an administrator gives an account, or changes one. */
@Injectable()
export class AccountChecks {
  constructor(
    private readonly accounts: AccountListRepository,
    private readonly encryption: Encryption,
    private readonly configuration: Configuration,
  ) {}

  problemsOf(input: AccountInput): FieldProblem[] {
    const { ALLOW_PRIVATE_ENDPOINTS } = this.configuration.settings;
    return [...credentialProblems(input), ...endpointProblems(input, ALLOW_PRIVATE_ENDPOINTS)];
  }

  /**
   * @param baseUrl of an `anthropic` account
   * @param ownId of the account that is to have them, when it is there already
   * @throws GatewayError `conflict` when another account has these credentials: two would use up each other's tokens
   */
  async refuseTaken(secrets: AccountSecrets, baseUrl: string | undefined, ownId?: string): Promise<void> {
    const owners = await this.accounts.findByToken(this.digest(recognisableIn(secrets).token), baseUrl);
    const other = owners.find(({ id }) => id !== ownId);
    if (other) throw credentialsTaken(other.id);
  }

  /** Of a new account. */
  idFor(secrets: AccountSecrets, baseUrl: string | undefined): string {
    return idOfSignIn(recognisableIn(secrets).token, baseUrl, (text) => this.digest(text));
  }

  private digest(credential: string): string {
    return this.encryption.digest(credential, 'credentials');
  }
}

/** @param id of the account that has them */
export function credentialsTaken(id: string): GatewayError {
  return new GatewayError('conflict', `Account ${id} has these credentials already`);
}
