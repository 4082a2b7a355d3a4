import type { Server } from 'node:http';
import { AnthropicEndpoint } from '../../../../simulator/anthropic/anthropic-endpoint.js';
import { Simulator } from '../../../../simulator/simulator.js';
import { Chance } from '../../../property/fuzz/chance.js';
import { adminApi } from '../../../support/admin-api.js';
import { eventually } from '../../../support/ask.js';
import { addEndpoint } from '../../../support/endpoint-accounts.js';
import { exchange } from '../../../support/raw-http.js';
import { ADMIN_KEY, type RunningGateway, startGateway } from '../../../support/start-gateway.js';
import { MODELS } from './calls.js';
import { anyAnswer, anyEndpointAnswer } from './endings.js';

const ACCOUNTS = 3;
/** Less than there are requests at once, so that some have to wait, and some in vain. */
const MOST_AT_ONCE = 6;
const EVERYTHING_ON = {
  LOG_LEVEL: 'silent',
  ALLOW_PRIVATE_ENDPOINTS: 'true',
  LOAD_BALANCE_STRATEGY: 'weighted_round_robin',
  CIRCUIT_BREAKER_ENABLED: 'true',
  CIRCUIT_BREAKER_RECOVERY_TIMEOUT: '1',
  SESSION_AFFINITY_TTL: '3600',
  QUEUE_TIMEOUT: '1',
  UPSTREAM_FIRST_BYTE_TIMEOUT: '1',
  UPSTREAM_IDLE_TIMEOUT: '1',
};

/** A gateway in this process, accounts of both kinds with limits, and services that fail in every way. */
export class LeakStage {
  private constructor(
    readonly gateway: RunningGateway,
    private readonly simulator: Simulator,
    private readonly endpoint: AnthropicEndpoint,
    private readonly ids: readonly string[],
    /** Those of the admin calls that set it up. */
    private readonly clientsAtFirst: number,
  ) {}

  static async open(seed: number): Promise<LeakStage> {
    const simulator = await Simulator.start({ recordRequests: false });
    const endpoint = await AnthropicEndpoint.start({ models: MODELS });
    const gateway = await startGateway(simulator, { accounts: ACCOUNTS, ...EVERYTHING_ON });
    const call = adminApi(() => gateway);
    const { id } = await addEndpoint(gateway, endpoint);
    const ids = [...simulator.accounts.map((account) => account.id), id];
    for (const each of ids) {
      const { status } = await call('PATCH', `/v2/accounts/${each}`, { body: { maxConcurrent: MOST_AT_ONCE } });
      if (status !== 200) throw new Error(`the limit of ${each} was answered with ${status}`);
    }
    let asked = 0;
    simulator.answer(() => anyAnswer(new Chance(seed, ++asked)));
    endpoint.answer((body) => anyEndpointAnswer(body, new Chance(seed, ++asked)));
    return new LeakStage(gateway, simulator, endpoint, ids, await connectionsOf(gateway));
  }

  get url(): URL {
    return new URL(this.gateway.url);
  }

  /** All accounts are as good as new; what the endpoint recorded is forgotten. */
  async refresh(): Promise<void> {
    this.endpoint.calls.length = 0;
    for (const id of this.ids) {
      const head = [`POST /v2/accounts/${id}/reset HTTP/1.1`, 'host: gateway', `x-api-key: ${ADMIN_KEY}`];
      const { status } = await exchange(this.gateway.url, head, '');
      if (status >= 300) throw new Error(`the reset of ${id} was answered with ${status}`);
    }
  }

  /** Requests that a service has not answered to the end. */
  get openAnswers(): number {
    const { calls } = this.endpoint;
    return this.simulator.openStreams + calls.filter(({ finished, aborted }) => !finished && !aborted).length;
  }

  /** Connections that services see, idle ones included. */
  get openSockets(): number {
    return this.simulator.openSockets + this.endpoint.openSockets;
  }

  /** Connections of clients that were opened since. */
  async clients(): Promise<number> {
    return Math.max(0, (await connectionsOf(this.gateway)) - this.clientsAtFirst);
  }

  async close(): Promise<number> {
    await this.gateway.close();
    // A service hears of it a moment later.
    await eventually(() => this.openSockets === 0).catch(() => undefined);
    const open = this.openSockets;
    await this.endpoint.close();
    await this.simulator.close();
    return open;
  }
}

function connectionsOf({ app }: RunningGateway): Promise<number> {
  const server: Server = app.getHttpServer();
  return new Promise((resolve, reject) => {
    server.getConnections((error, count) => (error ? reject(error) : resolve(count)));
  });
}
