import { gatewayEnvironment } from '../simulator/gateway-environment.js';
import { type AcceptedRequest, type SimulatedAccount, Simulator } from '../simulator/simulator.js';
import type { Scenario } from './scenarios/scenario.js';

/** The simulator as the bench uses it: without checks and records, one answer for everybody. */
export class Upstream implements AsyncDisposable {
  #scenario: Scenario | undefined;
  #newest: AcceptedRequest | undefined;

  private constructor(
    private readonly simulator: Simulator,
    private readonly account: SimulatedAccount,
  ) {
    simulator.answer((request) => {
      this.#newest = request;
      return this.#scenario?.answer;
    });
  }

  static async start(): Promise<Upstream> {
    const simulator = await Simulator.start({ checks: false, recordRequests: false });
    return new Upstream(simulator, simulator.addAccount({ id: 'bench' }));
  }

  get url(): string {
    return this.simulator.url;
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  serve(scenario: Scenario): void {
    this.#scenario = scenario;
  }

  /** What the gateway sent last: the direct call and the pass-through send the same. */
  get newestRequest(): AcceptedRequest {
    if (!this.#newest) {
      throw new Error('the simulator has not been asked yet');
    }
    return this.#newest;
  }

  /** With the refresh token that works now: each start of a gateway brings a new one. */
  gatewayEnvironment(): Record<string, string> {
    return gatewayEnvironment(this.url, [this.account]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.simulator.close();
  }
}
