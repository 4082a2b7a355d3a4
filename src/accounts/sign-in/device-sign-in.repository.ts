import { Inject, Injectable } from '@nestjs/common';
import { DataSource, In, type Repository } from 'typeorm';
import type { QueryDeepPartialEntity } from 'typeorm/query-builder/QueryPartialEntity.js';
import { Encryption } from '../../platform/encryption/encryption.js';
import { DeviceSignInEntity } from './device-sign-in.entity.js';
import {
  type DeviceSignIn,
  ENDINGS,
  type Ending,
  type FoundProfile,
  OPEN_STEPS,
  type OpenStep,
  type SignInStep,
} from './device-sign-in.js';
import { formatSignInSecrets, parseSignInSecrets, type SignInSecrets } from './sign-in-secrets.js';

export interface SignInWithSecrets {
  signIn: DeviceSignIn;
  secrets: SignInSecrets;
}

/** What of an open sign-in changes with a step; null takes a field away. */
export interface StepChange {
  step?: OpenStep;
  nextStepAt: Date;
  reason?: string | null;
  profileArn?: string | null;
  profiles?: readonly FoundProfile[];
  interval?: number;
  failures?: number;
  expiresAt?: Date;
}

/** The table of device sign-ins. Every method is one statement. */
@Injectable()
export class DeviceSignInRepository {
  private readonly rows: Repository<DeviceSignInEntity>;

  constructor(
    @Inject(DataSource) dataSource: DataSource,
    private readonly encryption: Encryption,
  ) {
    this.rows = dataSource.getRepository(DeviceSignInEntity);
  }

  async insert({ signIn, secrets }: SignInWithSecrets): Promise<void> {
    await this.rows.insert({
      ...signIn,
      wanted: JSON.stringify(signIn.wanted),
      profiles: signIn.profiles ? JSON.stringify(signIn.profiles) : null,
      secrets: this.seal(signIn.id, secrets),
    });
  }

  async find(id: string): Promise<DeviceSignIn | undefined> {
    const row = await this.rows.findOneBy({ id });
    return row ? toSignIn(row) : undefined;
  }

  /** One that has not ended. */
  async findWithSecrets(id: string): Promise<SignInWithSecrets | undefined> {
    const row = await this.rows
      .createQueryBuilder('sign_in')
      .addSelect('sign_in.secrets')
      .where('sign_in.id = :id', { id })
      .getOne();
    if (!row?.secrets) return undefined;
    return { signIn: toSignIn(row), secrets: parseSignInSecrets(this.encryption.decrypt(row.secrets, row.id)) };
  }

  countOpen(): Promise<number> {
    return this.rows.countBy({ step: In(OPEN_STEPS) });
  }

  /** Those that have not ended, the ones that are due first. */
  async listOpen(most: number): Promise<DeviceSignIn[]> {
    const rows = await this.rows.find({ where: { step: In(OPEN_STEPS) }, order: { nextStepAt: 'ASC' }, take: most });
    return rows.map(toSignIn);
  }

  /**
   * Takes the next step for the caller, until `until`.
   * @returns the sign-in as the caller owns it; undefined when another was quicker, or it is gone
   */
  async claim(signIn: DeviceSignIn, until: Date): Promise<DeviceSignIn | undefined> {
    const { id, step, nextStepAt } = signIn;
    const { affected } = await this.rows.update({ id, step, nextStepAt }, { nextStepAt: until });
    return affected === 1 ? { ...signIn, nextStepAt: until } : undefined;
  }

  /** @returns false, and nothing is written, when the caller does not own it any more */
  advance(signIn: DeviceSignIn, { profiles, ...change }: StepChange): Promise<boolean> {
    return this.update(signIn, { ...change, ...(profiles && { profiles: JSON.stringify(profiles) }) });
  }

  /**
   * Stores the tokens that the device code brought; what is left needs no code. Also where the caller's time is over,
   * or somebody found the code used up meanwhile: nobody else has these tokens.
   * @returns false, and nothing is written, when the sign-in was cancelled
   */
  async storeToken({ id, nextStepAt }: DeviceSignIn, secrets: SignInSecrets): Promise<boolean> {
    const { affected } = await this.rows.update(
      { id, step: In(['authorization', 'expired']) },
      { step: 'profile', secrets: this.seal(id, secrets), nextStepAt, failures: 0, reason: null, endedAt: null },
    );
    return affected === 1;
  }

  /** @returns false, and nothing is written, when it does not wait for a choice */
  async choose(id: string, profileArn: string, now: Date): Promise<boolean> {
    const chosen = { step: 'account', profileArn, nextStepAt: now, failures: 0, reason: null };
    const { affected } = await this.rows.update({ id, step: 'choice' }, chosen);
    return affected === 1;
  }

  /** Its secrets go. @returns false, and nothing is written, when the caller does not own it any more */
  end(signIn: DeviceSignIn, ending: Ending, reason: string | undefined, now: Date): Promise<boolean> {
    return this.update(signIn, { step: ending, reason: reason ?? null, secrets: null, profiles: null, endedAt: now });
  }

  /** @returns false when there was none */
  async delete(id: string): Promise<boolean> {
    const { affected } = await this.rows.delete({ id });
    return affected === 1;
  }

  /** Those that ended, or should have, before. */
  async deleteOlder(than: Date): Promise<void> {
    await this.rows.createQueryBuilder().delete().where('expires_at < :than', { than: than.getTime() }).execute();
  }

  private async update(signIn: DeviceSignIn, change: QueryDeepPartialEntity<DeviceSignInEntity>): Promise<boolean> {
    const { id, step, nextStepAt } = signIn;
    const { affected } = await this.rows.update({ id, step, nextStepAt }, change);
    return affected === 1;
  }

  private seal(id: string, secrets: SignInSecrets): string {
    return this.encryption.encrypt(formatSignInSecrets(secrets), id);
  }
}

function toSignIn(row: DeviceSignInEntity): DeviceSignIn {
  const { secrets: _secret, ...fields } = row;
  return {
    ...fields,
    step: stepOf(row.step),
    reason: row.reason ?? undefined,
    wanted: JSON.parse(row.wanted),
    profileArn: row.profileArn ?? undefined,
    profiles: row.profiles === null ? undefined : JSON.parse(row.profiles),
    endedAt: row.endedAt ?? undefined,
  };
}

/** A step of a later version of the service: nothing this one could do. */
function stepOf(step: string): SignInStep {
  return [...OPEN_STEPS, ...ENDINGS].find((known) => known === step) ?? 'expired';
}
