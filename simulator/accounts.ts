import { SimulatedAccount, type SimulatedAccountOptions } from './account.js';
import { AccessTokens } from './sign-in/access-tokens.js';

const accountLimit = 10_000;

/** Every account the simulator knows, by id, by client and by access token. */
export class Accounts {
  readonly #byId = new Map<string, SimulatedAccount>();
  readonly #byClient = new Map<string, SimulatedAccount[]>();
  readonly #social: SimulatedAccount[] = [];
  readonly #tokens: AccessTokens<SimulatedAccount>;

  constructor(
    private readonly now: () => number,
    readonly tokenLifetimeSeconds: number,
  ) {
    this.#tokens = new AccessTokens(now, tokenLifetimeSeconds);
  }

  add(options: Partial<SimulatedAccountOptions>): SimulatedAccount {
    if (this.#byId.size >= accountLimit) {
      throw new RangeError(`the simulator holds at most ${accountLimit} accounts`);
    }
    const account = new SimulatedAccount(options, this.#tokens, this.now());
    if (this.#byId.has(account.id)) {
      throw new RangeError(`there is an account '${account.id}' already`);
    }
    this.#byId.set(account.id, account);
    if (account.kind === 'social') {
      this.#social.push(account);
    } else {
      this.#byClient.set(account.clientId, [...this.ofClient(account.clientId), account]);
    }
    return account;
  }

  all(): SimulatedAccount[] {
    return [...this.#byId.values()];
  }

  find(id: string): SimulatedAccount | undefined {
    return this.#byId.get(id);
  }

  ofClient(clientId: string): readonly SimulatedAccount[] {
    return this.#byClient.get(clientId) ?? [];
  }

  /** The account of Kiro's own sign-in whose refresh token this is. */
  ofSocialToken(refreshToken: string): SimulatedAccount | undefined {
    return this.#social.find((account) => account.refreshToken === refreshToken);
  }

  ofAccessToken(token: string): SimulatedAccount | undefined {
    return this.#tokens.owner(token);
  }
}
