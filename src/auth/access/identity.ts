import type { AllowedModels } from '../../core/models/allowed-models.js';
import type { KeyLimits } from '../api-keys/key-limits.js';
import type { Scope } from './scope.js';

/** Who is calling: the key that was presented, without its secret. The same object for all requests of an unchanged key. */
export interface Identity {
  readonly keyId: string;
  readonly name: string;
  readonly scopes: ReadonlySet<Scope>;
  /** Undefined where the key has no limit at all: nothing has to be counted then. */
  readonly limits?: KeyLimits;
  /** Undefined: all of them. */
  readonly allowedModels?: AllowedModels;
}

declare global {
  namespace Express {
    interface Request {
      /** Set by the auth guard on every route that is not open. */
      identity?: Identity;
    }
  }
}
