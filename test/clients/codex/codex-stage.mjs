import { Stage } from '../stage.mjs';
import { runCodex } from './run-codex.mjs';

const CLAUDE = 'claude-sonnet-5';

/** A stage with Codex on it. */
export class CodexStage extends Stage {
  api = { protocol: 'openai_responses', path: '/v1/responses' };
  #runs = 0;
  #key;

  /** Codex against the gateway, as a provider of its configuration. Runs of one stage share its home and key. */
  async runCodex({ configuration, environment, ...options }) {
    return this.#run({
      ...options,
      configuration: { 'model_providers.gateway.base_url': `${this.baseUrl}/v1`, ...configuration },
      environment: { AMQ_GATEWAY_KEY: await this.key(), ...environment },
    });
  }

  /** The same, with the gateway in the place of the provider that Codex brings with it. */
  async runCodexAsBuiltIn({ configuration, environment, ...options }) {
    return this.#run({
      ...options,
      configuration: { model_provider: 'openai', openai_base_url: `${this.baseUrl}/v1`, ...configuration },
      environment: { CODEX_API_KEY: await this.key(), ...environment },
    });
  }

  async key() {
    this.#key ??= await this.gateway.createKey('Codex');
    return this.#key;
  }

  async #run({ environment, ...options }) {
    const { folder, workFolder } = this;
    const run = await runCodex({
      model: CLAUDE,
      ...options,
      ...{ program: this.options.program, folder, workFolder },
      environment: { ...this.outside.environment, ...environment },
    });
    this.#runs += 1;
    await this.keep(`codex.${this.#runs}.jsonl`, run.stdout);
    await this.keep(`codex.${this.#runs}.stderr.txt`, run.stderr);
    return run;
  }
}
