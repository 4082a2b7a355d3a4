import { type DeviceSignIn, type SignInStatus, statusOf } from '../device-sign-in.js';

/** A profile the account may use. */
export class ProfileDto {
  /** @example 'arn:aws:codewhisperer:us-east-1:123456789012:profile/ABCDEFGHIJKL' */
  arn: string;

  /** @example 'Engineering' */
  name: string;

  /** @example 'us-east-1' */
  region: string;
}

/** A device sign-in as the admin API shows it. A list of what goes out, so that nothing else ever does. */
export class SignInDto {
  /** @example '8c0a4a3e-1c51-4a8e-8f2f-6a2f0f8a9b11' */
  loginId: string;

  /**
   * `expired` is every ending but the user's refusal; `reason` says which.
   * @example 'pending'
   */
  status: SignInStatus;

  /**
   * What it waits for, or why it ended; of a complete one what is amiss, such as an account without a profile.
   * @example 'The account has no profile'
   */
  reason?: string;

  /**
   * The account that was made, or is signed in again.
   * @example '3f1c9a52-6f0e-4d5b-9b57-0c1f7a2d8e44'
   */
  accountId?: string;

  /** To choose from, while an administrator has to. */
  profiles?: ProfileDto[];

  /**
   * What the user compares, or types in.
   * @example 'BCDF-GHJK'
   */
  userCode: string;

  /** @example 'https://view.awsapps.com/start/#/device' */
  verificationUri: string;

  /**
   * The page the user opens to confirm.
   * @example 'https://view.awsapps.com/start/#/device?user_code=BCDF-GHJK'
   */
  verificationUriComplete: string;

  /** @example '2026-11-20T12:10:00.000Z' */
  expiresAt: string;

  /**
   * Seconds between two questions to AWS; asking us more often brings nothing.
   * @example 5
   */
  interval: number;

  /** @example 'https://view.awsapps.com/start' */
  startUrl: string;

  /** @example 'us-east-1' */
  region: string;

  /** @example '2026-11-20T12:00:00.000Z' */
  createdAt: string;

  /** @example '2026-11-20T12:01:00.000Z' */
  endedAt?: string;
}

export function encodeSignIn(signIn: DeviceSignIn): SignInDto {
  const status = statusOf(signIn);
  const { id, reason, accountId, renewsAccount, profiles, endedAt } = signIn;
  const { userCode, verificationUri, verificationUriComplete, interval, startUrl, region } = signIn;
  return {
    loginId: id,
    status,
    ...(reason !== undefined && { reason }),
    ...((status === 'complete' || renewsAccount) && { accountId }),
    ...(profiles && { profiles: profiles.map(({ arn, name, region }) => ({ arn, name, region })) }),
    userCode,
    verificationUri,
    verificationUriComplete,
    expiresAt: signIn.expiresAt.toISOString(),
    interval,
    startUrl,
    region,
    createdAt: signIn.createdAt.toISOString(),
    ...(endedAt && { endedAt: endedAt.toISOString() }),
  };
}
