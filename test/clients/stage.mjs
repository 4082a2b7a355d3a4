import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gatewayEnvironment } from '../../dist/simulator/gateway-environment.js';
import { Simulator } from '../../dist/simulator/simulator.js';
import { disposableFolder } from './disposable-folder.mjs';
import { runClaudeCode } from './run-claude-code.mjs';
import { startGatewayProcess } from './start-gateway-process.mjs';
import { watchOutside } from './watch-outside.mjs';

/** What one case plays on: simulator, gateway and Claude Code, all on the loopback, in a temporary folder. */
export class Stage {
  /** What ends what was set up, newest last. */
  #ends = [];

  /**
   * @param {object} options
   * @param {string} options.program Claude Code
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

  /** @param {Record<string, string>} [settings] on top of those that lead to the simulator */
  async startGateway(settings = {}) {
    this.gateway = await startGatewayProcess(this.options.gatewayEntry, this.folder, {
      ...gatewayEnvironment(this.simulator.url, [this.account]),
      ...settings,
    });
    this.#ends.push(() => this.gateway.stop());
  }

  /** Claude Code against the gateway; `environment` brings its key. */
  async runClaudeCode({ environment, ...options }) {
    const run = await runClaudeCode({
      ...options,
      program: this.options.program,
      folder: this.folder,
      workFolder: this.workFolder,
      environment: { ANTHROPIC_BASE_URL: this.gateway.url, ...this.outside.environment, ...environment },
    });
    await this.keep('claude-code.jsonl', run.stdout);
    await this.keep('claude-code.stderr.txt', run.stderr);
    return run;
  }

  /** A file for `--keep`. */
  async keep(name, content) {
    await writeFile(join(this.folder, name), typeof content === 'string' ? content : JSON.stringify(content, null, 2));
  }

  async tearDown() {
    for (let end = this.#ends.pop(); end; end = this.#ends.pop()) await end();
  }
}
