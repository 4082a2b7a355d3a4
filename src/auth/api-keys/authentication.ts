import type { Identity } from '../access/identity.js';
import type { AllowedNetworks } from './allowed-networks.js';

/** Why a secret does not let anybody in: told to the operator. The caller is not told `unknown` from `disabled`. */
export type Refusal = 'unknown' | 'disabled' | 'expired';

/** A secret that is good now. Made once for a stored key, so that a request makes nothing. */
export interface Accepted {
  readonly identity: Identity;
  /** From where the key may be used; undefined: from everywhere. Whoever asked checks it: only the door knows the address. */
  readonly networks?: AllowedNetworks;
}

export interface Refused {
  readonly refused: Refusal;
  /** Of the key it is, or was; undefined where it is none of ours. */
  readonly keyId?: string;
}

/** Whose secret it is, or why it is not good. */
export type Authentication = Accepted | Refused;

export const UNKNOWN_KEY: Refused = { refused: 'unknown' };

export function isRefused(authentication: Authentication): authentication is Refused {
  return 'refused' in authentication;
}
