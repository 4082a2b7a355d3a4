import { Simulator } from '../../simulator/simulator.js';
import { post as postJson } from '../../simulator/testing/ask-simulator.js';
import type { Account } from '../../src/accounts/account.js';
import { AccountDirectory } from '../../src/accounts/account-directory.service.js';
import type { SignInDto } from '../../src/accounts/sign-in/dto/sign-in.dto.js';
import { SignInPoller } from '../../src/accounts/sign-in/sign-in-poller.service.js';
import { Clock } from '../../src/platform/clock.js';
import type { TestDatabase } from './databases.js';
import { ADMIN_KEY, type RunningGateway, startGateway } from './start-gateway.js';
import { TestClock } from './test-clock.js';

export const BUILDER_ID_URL = 'https://view.awsapps.com/start';
export const COMPANY_URL = 'https://my-company.awsapps.com/start';

export const profileArn = (region: string, name: string) =>
  `arn:aws:codewhisperer:${region}:111122223333:profile/${name.padEnd(12, '0')}`;

export interface Answer {
  status: number;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: any answer of the admin API, looked into by its tests
  body: any;
}

/** A simulated AWS and gateways in front of it that share a database and a clock standing still. */
export class SignInStage {
  readonly clock = new TestClock(Date.now());
  private readonly gateways: RunningGateway[] = [];

  private constructor(
    readonly simulator: Simulator,
    private readonly database: TestDatabase,
    now: { clock?: TestClock },
  ) {
    now.clock = this.clock;
  }

  static async open(database: TestDatabase): Promise<SignInStage> {
    const time: { clock?: TestClock } = {};
    const simulator = await Simulator.start({ now: () => time.clock?.now() ?? 0 });
    return new SignInStage(simulator, database, time);
  }

  async gateway(environment: Record<string, string> = {}): Promise<RunningGateway> {
    const gateway = await startGateway(this.simulator, { accounts: 0, ...this.database.environment, ...environment });
    gateway.app.get(Clock).now = () => this.clock.now();
    this.gateways.push(gateway);
    return gateway;
  }

  async stop(gateway: RunningGateway): Promise<void> {
    this.gateways.splice(this.gateways.indexOf(gateway), 1);
    await gateway.close();
  }

  async close(): Promise<void> {
    await Promise.all(this.gateways.map((gateway) => gateway.close()));
    await this.simulator.close();
  }

  /** The user confirms; what is said about the account goes to the simulator. */
  approve({ userCode }: SignInDto, account: object = {}) {
    return this.decide(userCode, 'approve', account);
  }

  deny({ userCode }: SignInDto) {
    return this.decide(userCode, 'deny', {});
  }

  /** What the next polls get instead of an answer. */
  failPolls({ userCode }: SignInDto, failures: object[]) {
    return this.decide(userCode, 'poll-failures', { failures });
  }

  /** Lets so much time go by, then everything that is due be done. */
  async pass(seconds: number, gateway: RunningGateway): Promise<void> {
    this.clock.advance(seconds);
    await gateway.app.get(SignInPoller).tick();
  }

  /** When the token endpoint was asked for a token by device code, in seconds since the first time. */
  polls(): number[] {
    const asked = this.simulator.requests.filter(
      ({ operation, body }) => operation === 'CreateToken' && JSON.stringify(body).includes('device_code'),
    );
    return asked.map(({ at }) => (at - (asked[0]?.at ?? 0)) / 1000);
  }

  private async decide(userCode: string, action: string, body: object): Promise<void> {
    const { status } = await postJson(`${this.simulator.url}/__simulator/device/${userCode}/${action}`, body);
    if (status !== 200) throw new Error(`the simulator answered ${status} to ${action}`);
  }
}

/** A request to the admin API. */
export async function admin(
  gateway: RunningGateway,
  method: string,
  path: string,
  body?: unknown,
  key: string | undefined = ADMIN_KEY,
): Promise<Answer> {
  const response = await fetch(gateway.url + path, {
    method,
    headers: { ...(key && { 'x-api-key': key }), ...(body !== undefined && { 'content-type': 'application/json' }) },
    body: body === undefined || typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) };
}

/** Begins a sign-in that has to succeed. */
export async function startSignIn(gateway: RunningGateway, body: object = {}): Promise<SignInDto> {
  const answer = await admin(gateway, 'POST', '/v2/accounts/login', body);
  if (answer.status !== 201) throw new Error(`${answer.status}: ${JSON.stringify(answer.body)}`);
  return answer.body;
}

export const signInNow = async (gateway: RunningGateway, { loginId }: SignInDto): Promise<SignInDto> =>
  (await admin(gateway, 'GET', `/v2/accounts/login/${loginId}`)).body;

export function accountOf(gateway: RunningGateway, { accountId = '' }: SignInDto): Account {
  const account = gateway.app.get(AccountDirectory).find(accountId);
  if (!account) throw new Error(`there is no account ${accountId}`);
  return account;
}
