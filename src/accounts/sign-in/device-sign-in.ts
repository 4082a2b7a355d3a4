/** What is to be done next of a sign-in that has not ended. */
export const OPEN_STEPS = [
  'authorization', // the user has to confirm: the service is asked for the token
  'profile', // it is to be found out which profiles the account may use
  'choice', // an admin has to choose one of several
  'account', // the account is to be made, or signed in again
] as const;
export type OpenStep = (typeof OPEN_STEPS)[number];

export const ENDINGS = ['complete', 'denied', 'expired'] as const;
export type Ending = (typeof ENDINGS)[number];

export type SignInStep = OpenStep | Ending;
export type SignInStatus = 'pending' | Ending;

/** A profile of Amazon Q that an account may use. */
export interface FoundProfile {
  arn: string;
  name: string;
  region: string;
}

/** What the admin wants the account to be; of an account that is there, only what is given changes. */
export interface WantedSettings {
  label?: string;
  enabled?: boolean;
  weight?: number;
  priority?: number;
}

/** A device sign-in without its secrets. */
export interface DeviceSignIn {
  id: string;
  step: SignInStep;
  /** Why it ended, or what it waits for. */
  reason?: string;
  /** Of the account that is signed in again, or that will be made. */
  accountId: string;
  /** Whether the account was there before. */
  renewsAccount: boolean;
  wanted: WantedSettings;
  startUrl: string;
  /** Of the sign-in. */
  region: string;
  /** CreateToken; its origin has the other operations. */
  tokenEndpoint: string;
  /** The one wanted; from the step `account` on, the one taken. */
  profileArn?: string;
  userCode: string;
  verificationUri: string;
  verificationUriComplete: string;
  /** Seconds between polls. */
  interval: number;
  /** When the next step is due. Whoever takes it writes a later time here first, and owns the sign-in until then. */
  nextStepAt: Date;
  /** Attempts at this step that failed, one after another. */
  failures: number;
  /** When what it waits for is over: the code, or the choice of a profile. */
  expiresAt: Date;
  /** To choose from. */
  profiles?: FoundProfile[];
  createdAt: Date;
  endedAt?: Date;
}

export function statusOf({ step }: DeviceSignIn): SignInStatus {
  return ENDINGS.find((ending) => ending === step) ?? 'pending';
}
