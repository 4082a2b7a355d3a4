import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gatewayEnvironment } from '../../dist/simulator/gateway-environment.js';
import { Simulator } from '../../dist/simulator/simulator.js';
import { disposableFolder } from './disposable-folder.mjs';
import { listenIn } from './listen-in.mjs';
import { startGatewayProcess } from './start-gateway-process.mjs';
import { watchOutside } from './watch-outside.mjs';

/** What one case plays on: simulator and gateway, both on the loopback, in a temporary folder. */
export class Stage {
  /** What ends what was set up, newest last. */
  #ends = [];
  /** What the client and the gateway said to each other; filled from `listenIn` on. @type {import('./listen-in.mjs').Exchange[]} */
  exchanges = [];

  /**
   * @param {object} options
   * @param {string} options.gatewayEntry
   * @param {boolean} options.keep leaves the temporary folder
   */
  constructor(options) {
    this.options = options;
  }

  async setUp(name) {
    this.folder = await mkdtemp(join(tmpdir(), `amq-clients-${name}-`));
    if (!this.options.keep) this.#ends.push(disposableFolder(this.folder));
    this.workFolder = join(this.folder, 'work');
    await mkdir(this.workFolder);
    this.outside = await watchOutside();
    this.#ends.push(() => this.outside.close());
    this.simulator = await Simulator.start();
    this.#ends.push(() => this.simulator.close());
    this.account = this.simulator.addAccount({ id: 'account-of-the-client-tests' });
  }

  /**
   * The gateway, with every account the simulator has by now.
   * @param {Record<string, string>} [settings] on top of those that lead to the simulator
   */
  async startGateway(settings = {}) {
    this.gateway = await startGatewayProcess(this.options.gatewayEntry, this.folder, {
      ...gatewayEnvironment(this.simulator.url, this.simulator.accounts),
      ...settings,
    });
    this.#ends.push(() => this.gateway.stop());
    this.baseUrl = this.gateway.url;
  }

  /** From here on the client reaches the gateway through somebody who keeps what they say. */
  async listenIn() {
    const listener = await listenIn(this.gateway.url);
    this.#ends.push(() => listener.close());
    this.#ends.push(() => this.keep('exchanges.json', listener.exchanges));
    this.exchanges = listener.exchanges;
    this.baseUrl = listener.url;
  }

  /** A file for `--keep`. */
  async keep(name, content) {
    await writeFile(join(this.folder, name), typeof content === 'string' ? content : JSON.stringify(content, null, 2));
  }

  async tearDown() {
    if (this.options.keep && this.simulator) await this.keep('upstream.json', this.simulator.requests);
    const failures = [];
    for (let end = this.#ends.pop(); end; end = this.#ends.pop()) {
      // What comes after a failed end is to be ended all the same.
      await Promise.resolve(end()).catch((error) => failures.push(error));
    }
    if (failures.length > 0) throw new AggregateError(failures, failures.join('\n'));
  }
}
