import { randomUUID } from 'node:crypto';

// The service's tokens overlap: an older one lives on until it expires. This many per owner are plenty.
const tokensPerOwner = 16;

interface Live<Owner> {
  owner: Owner;
  expiresAt: number;
}

/** Bearer tokens with an owner and an end, by the clock given. */
export class AccessTokens<Owner extends object> {
  readonly #live = new Map<string, Live<Owner>>();
  readonly #byOwner = new WeakMap<Owner, string[]>();

  constructor(
    private readonly now: () => number,
    readonly lifetimeSeconds: number,
  ) {}

  issue(owner: Owner, token = `aoaSIMULATED${randomUUID().replaceAll('-', '')}`): string {
    const tokens = this.#byOwner.get(owner) ?? [];
    tokens.push(token);
    if (tokens.length > tokensPerOwner) {
      this.#live.delete(tokens.shift() ?? '');
    }
    this.#byOwner.set(owner, tokens);
    this.#live.set(token, { owner, expiresAt: this.now() + this.lifetimeSeconds * 1000 });
    return token;
  }

  /** The owner of a token that has not expired. */
  owner(token: string): Owner | undefined {
    const live = this.#live.get(token);
    return live && live.expiresAt > this.now() ? live.owner : undefined;
  }

  expire(owner: Owner): void {
    for (const token of this.#byOwner.get(owner) ?? []) {
      this.#live.delete(token);
    }
    this.#byOwner.delete(owner);
  }
}
