import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { SimulatedAccount } from '../../../simulator/account.js';
import { GatewayProcess } from '../../../simulator/demo/gateway-process.js';
import { gatewayEnvironment } from '../../../simulator/gateway-environment.js';
import { Simulator } from '../../../simulator/simulator.js';
import { processEnvironment } from '../../support/process-environment.js';

const KEY = 'admin-key-of-the-soak';
const QUESTION = { model: 'claude-sonnet-4.5', max_tokens: 100, messages: [{ role: 'user', content: 'Hello' }] };
/** Time of the token endpoint before it uses a refresh token up, and before it answers after that. */
const BEFORE_MS = 120;
const AFTER_MS = 40;
const PATIENCE_MS = 15_000;

/** One account of a simulated Amazon Q, and a gateway in a process of its own that may be killed. */
export class Stage {
  private gateway?: GatewayProcess;

  private constructor(
    private readonly entry: string,
    private readonly simulator: Simulator,
    private readonly folder: string,
    readonly account: SimulatedAccount,
    /** What the environment says; a new sign-in changes it. */
    private refreshToken: string,
  ) {}

  /** @param entry path of the built `main.js` */
  static async open(entry: string): Promise<Stage> {
    const simulator = await Simulator.start();
    const account = simulator.addAccount({ refreshLatencyMs: BEFORE_MS, refreshAnswerLatencyMs: AFTER_MS });
    const folder = await mkdtemp(join(tmpdir(), 'amq-gateway-soak-'));
    return new Stage(entry, simulator, folder, account, account.refreshToken);
  }

  get databasePath(): string {
    return join(this.folder, 'gateway.db');
  }

  /** Longest time from the token endpoint's being asked to its answer. */
  get renewalMs(): { before: number; after: number } {
    return { before: BEFORE_MS, after: AFTER_MS };
  }

  /** Renewals that were asked for, the newest last. */
  get renewals() {
    return this.simulator.requests.filter(({ operation }) => operation === 'CreateToken');
  }

  /** Forgets what was asked so far. */
  clearRecords(): void {
    this.simulator.reset();
  }

  async start(): Promise<void> {
    const environment = {
      NODE_COMPILE_CACHE: processEnvironment.NODE_COMPILE_CACHE,
      ...gatewayEnvironment(this.simulator.url, [this.account]),
      AMAZONQ_ACCOUNT_1_REFRESH_TOKEN: this.refreshToken,
      ADMIN_API_KEY: KEY,
      DATABASE_PATH: this.databasePath,
      LOG_LEVEL: 'silent',
      PORT: '0',
    };
    this.gateway = await GatewayProcess.start(this.entry, environment, this.folder);
  }

  /** SIGKILL: nothing of the process gets a chance to do anything. */
  async kill(): Promise<void> {
    await this.gateway?.kill();
    this.gateway = undefined;
  }

  /** The operator signs in anew: the environment gets the token that works now. */
  async signInAnew(): Promise<void> {
    await this.kill();
    this.refreshToken = this.account.refreshToken;
    await this.start();
  }

  /** One request; its status, or undefined when the connection broke. */
  async ask(): Promise<number | undefined> {
    try {
      const response = await this.fetch('/v1/messages', { method: 'POST', body: JSON.stringify(QUESTION) });
      await response.arrayBuffer();
      return response.status;
    } catch {
      return undefined;
    }
  }

  /** Asks until the account answers, or is said to need a sign-in. */
  async outcome(): Promise<'works' | 'needs_login' | 'neither'> {
    const end = Date.now() + PATIENCE_MS;
    while (Date.now() < end) {
      if ((await this.ask()) === 200) return 'works';
      if ((await this.status()) === 'needs_login') return 'needs_login';
      await delay(50);
    }
    return 'neither';
  }

  async status(): Promise<string> {
    const response = await this.fetch(`/v2/accounts/${this.account.id}`);
    const account = (await response.json()) as { status?: string };
    return account.status ?? `HTTP ${response.status}`;
  }

  async close(): Promise<void> {
    await this.kill();
    await this.simulator.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  private fetch(path: string, init: RequestInit = {}): Promise<Response> {
    if (!this.gateway) throw new Error('the gateway does not run');
    const headers = { 'x-api-key': KEY, 'content-type': 'application/json' };
    return fetch(this.gateway.url + path, { ...init, headers, signal: AbortSignal.timeout(PATIENCE_MS) });
  }
}
