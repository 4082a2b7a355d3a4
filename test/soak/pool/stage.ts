import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Child } from '../../../bench/processes/child.js';
import { gatewayEnvironment } from '../../../simulator/gateway-environment.js';
import { type AcceptedRequest, type Answer, type SimulatedAccount, Simulator } from '../../../simulator/simulator.js';
import { Chance } from '../../property/fuzz/chance.js';
import { type Asked, ask } from './ask.js';
import { type Fault, goodAnswer } from './faults.js';
import type { Question } from './question.js';

/** What the admin API says of an account, as far as it is looked at here. */
export interface AccountView {
  id: string;
  status: string;
  breaker: { state: string };
  inFlight: number;
  models: string[];
}

const KEY = 'admin-key-of-the-soak';
const ACCOUNTS = 3;
const PATIENCE_MS = 20_000;
/** A port that nobody listens on. */
const NOWHERE = 'http://127.0.0.1:9/';
/** So that waiting for nothing, and coming back, does not take minutes. */
const SHORT_TIMES = {
  UPSTREAM_FIRST_BYTE_TIMEOUT: '4',
  UPSTREAM_IDLE_TIMEOUT: '2',
  CIRCUIT_BREAKER_RECOVERY_TIMEOUT: '5',
};

/** Three accounts of a simulated Amazon Q, any of which may fail, and a gateway in a process of its own. */
export class Stage {
  private readonly failing = new Map<SimulatedAccount, Fault>();
  /** Requests that reached an account since it began to fail. */
  private readonly calls = new Map<string, number>();
  private readonly tries = new Map<string, number>();
  private readonly chance: Chance;

  private constructor(
    private readonly simulator: Simulator,
    private readonly gateway: Child,
    private readonly folder: string,
    readonly accounts: readonly SimulatedAccount[],
    seed: number,
  ) {
    this.chance = new Chance(seed, 0);
    simulator.answer((request) => this.answerTo(request));
  }

  /**
   * @param entry path of the built `main.js`
   * @param folder of the gateway's database and log; a temporary one, removed in the end, when left out
   */
  static async open(entry: string, seed: number, environment: Record<string, string> = {}): Promise<Stage> {
    const folder = await mkdtemp(join(tmpdir(), 'amq-gateway-soak-'));
    const simulator = await Simulator.start({ recordRequests: false });
    try {
      const accounts = Array.from({ length: ACCOUNTS }, (_, index) =>
        simulator.addAccount({ id: `account-${index + 1}` }),
      );
      const gateway = await Child.start({
        args: ['--enable-source-maps', entry],
        environment: {
          ...gatewayEnvironment(simulator.url, accounts),
          PORT: '0',
          ADMIN_API_KEY: KEY,
          DATABASE_PATH: join(folder, 'gateway.db'),
          LOG_LEVEL: 'warn',
          LOG_FORMAT: 'json',
          ALLOW_PRIVATE_ENDPOINTS: 'true',
          ...SHORT_TIMES,
          ...environment,
        },
        folder,
        core: undefined,
        outputFile: join(folder, 'log.jsonl'),
      });
      return new Stage(simulator, gateway, folder, accounts, seed);
    } catch (error) {
      await simulator.close();
      throw error;
    }
  }

  ask(question: Question): Promise<Asked> {
    return ask(this.url, KEY, question);
  }

  /** Each account has a token and a list of models: the first requests of a process wait for them. */
  async warmUp(): Promise<void> {
    const end = Date.now() + PATIENCE_MS;
    while (!(await this.views()).every(({ models }) => models.length > 0)) {
      if (Date.now() > end) throw new Error('the accounts were not ready in time');
      await delay(100);
    }
  }

  /** From now on these accounts fail in this way. */
  async begin(fault: Fault, accounts: readonly SimulatedAccount[]): Promise<void> {
    this.calls.clear();
    for (const account of accounts) {
      this.failing.set(account, fault);
      fault.begin?.(account);
      if (fault.isUnreachable) await this.point(account, NOWHERE);
    }
  }

  /** From now on every account works. */
  async heal(): Promise<void> {
    const failing = [...this.failing];
    this.failing.clear();
    this.tries.clear();
    for (const [account, fault] of failing) {
      fault.end?.(account);
      if (fault.isUnreachable) await this.point(account, null);
    }
  }

  /** What an operator does who knows that all is well again after this. */
  async resetAll(fault?: Fault): Promise<void> {
    for (const { id } of this.accounts) {
      await this.call('POST', `/v2/accounts/${id}/reset`);
      if (fault?.isOfToken) await this.call('POST', `/v2/accounts/${id}/refresh`);
    }
  }

  async views(): Promise<AccountView[]> {
    const { data } = (await this.call('GET', '/v2/accounts')) as { data: AccountView[] };
    return data;
  }

  /** Requests that an account was asked since the last `begin`. */
  callsOf({ id }: SimulatedAccount): number {
    return this.calls.get(id) ?? 0;
  }

  /**
   * Waits until nothing is under way any more, and resets all accounts.
   * @returns what is not as it should be then
   */
  async afterwards(fault?: Fault): Promise<string[]> {
    const left = await this.leftovers();
    await this.resetAll(fault);
    const out = (await this.views()).filter(
      ({ status, breaker }) => !['active', 'refreshing'].includes(status) || breaker.state !== 'closed',
    );
    return [
      ...(left === undefined ? [] : [left]),
      ...out.map(({ id, status, breaker }) => `${id} was reset, and is ${status}, its breaker ${breaker.state}`),
    ];
  }

  async close(): Promise<void> {
    await this.gateway[Symbol.asyncDispose]();
    await this.simulator.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  private get url(): string {
    return `http://127.0.0.1:${this.gateway.port}`;
  }

  private answerTo(request: AcceptedRequest): Answer {
    const { account } = request;
    this.calls.set(account.id, (this.calls.get(account.id) ?? 0) + 1);
    const words = request.body.conversationState.currentMessage.userInputMessage.content;
    const fault = this.failing.get(account);
    if (!fault?.answer) return goodAnswer(words);
    const key = `${account.id} ${words}`;
    const tries = (this.tries.get(key) ?? 0) + 1;
    this.tries.set(key, tries);
    return fault.answer(request, words, tries, this.chance) ?? goodAnswer(words);
  }

  /** What is still under way after some time; undefined: nothing. */
  private async leftovers(): Promise<string | undefined> {
    const look = async () => {
      const inFlight = (await this.views()).reduce((sum, view) => sum + view.inFlight, 0);
      const { openStreams } = this.simulator;
      return inFlight + openStreams === 0 ? undefined : `${inFlight} leases and ${openStreams} answers left`;
    };
    const end = Date.now() + PATIENCE_MS;
    let left = await look();
    while (left !== undefined && Date.now() < end) {
      await delay(50);
      left = await look();
    }
    return left;
  }

  /** Changes where the gateway looks for an account. */
  private async point({ id }: SimulatedAccount, apiEndpoint: string | null): Promise<void> {
    await this.call('PATCH', `/v2/accounts/${id}`, { apiEndpoint });
  }

  private async call(method: string, path: string, body?: object): Promise<unknown> {
    const response = await fetch(this.url + path, {
      method,
      headers: { 'x-api-key': KEY, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text.slice(0, 300)}`);
    return text === '' ? undefined : JSON.parse(text);
  }
}
