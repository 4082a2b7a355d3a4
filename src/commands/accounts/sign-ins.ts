import type { SignInDto } from '../../accounts/sign-in/dto/sign-in.dto.js';

/** A device sign-in as the admin API shows it. */
export type SignIn = Pick<
  SignInDto,
  'loginId' | 'status' | 'reason' | 'accountId' | 'profiles' | 'userCode' | 'expiresAt'
> &
  Pick<SignInDto, 'verificationUri' | 'verificationUriComplete' | 'startUrl' | 'region'>;

/** What is wanted of a sign-in; what is left out has the service's own default. */
export interface WantedSignIn {
  label?: string;
  startUrl?: string;
  region?: string;
  profileArn?: string;
  accountId?: string;
}

/** Device sign-ins of a gateway, wherever it is reached. */
export interface SignIns {
  /** @throws with the service's words when it can't be begun */
  start(wanted: WantedSignIn): Promise<SignIn>;
  /** As it is now. */
  look(loginId: string): Promise<SignIn>;
  choose(loginId: string, profileArn: string): Promise<SignIn>;
  /** Nothing is left of it. */
  cancel(loginId: string): Promise<void>;
  close(): Promise<void>;
}
