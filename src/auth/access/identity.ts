import type { Scope } from './scope.js';

/** Who is calling: the key that was presented, without its secret. */
export interface Identity {
  readonly keyId: string;
  readonly name: string;
  readonly scopes: ReadonlySet<Scope>;
}

declare global {
  namespace Express {
    interface Request {
      /** Set by the auth guard on every route that is not open. */
      identity?: Identity;
    }
  }
}
