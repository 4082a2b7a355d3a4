/** Wire form of the Amazon Q operations (amazon-q.md §1.2, §1.3). */
export const BINDINGS = ['restJson1', 'awsJson1.0'] as const;
export type Binding = (typeof BINDINGS)[number];

/** Where and how one account talks to Amazon Q (amazon-q.md §1.5): data of the account, never a rule in code. */
export interface Surface {
  /** Base URL of streaming and control-plane operations, ends with a slash. */
  apiEndpoint: string;
  /** URL of CreateToken; its origin also serves device sign-in. */
  tokenEndpoint: string;
  binding: Binding;
  /** Which product asks: decides the subscription and the model list (§2.3). */
  origin: string;
  /** Only for accounts that have one: IAM Identity Center; never invented (§8.3). */
  profileArn?: string;
}

/** What renews a token; the four values belong together (amazon-q.md §9.3). */
export interface Credentials {
  clientId: string;
  clientSecret: string;
  refreshToken: string;
}

export interface RenewedToken {
  accessToken: string;
  expiresAt: Date;
  /** Present when the service rotated it: the old one is dead then. */
  refreshToken?: string;
  /** Present when the service named it: with Kiro's own sign-in. */
  profileArn?: string;
}
