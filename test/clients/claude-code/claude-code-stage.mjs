import { Stage } from '../stage.mjs';
import { runClaudeCode } from './run-claude-code.mjs';
import { runInTerminal } from './run-in-terminal.mjs';

/** A stage with Claude Code on it. */
export class ClaudeCodeStage extends Stage {
  api = { protocol: 'anthropic', path: '/v1/messages' };
  #runs = 0;

  /** What Claude Code needs to be let in: a new key of the gateway, and a model. */
  async credentials(model = 'claude-sonnet-5') {
    return { ANTHROPIC_AUTH_TOKEN: await this.gateway.createKey('Claude Code'), ANTHROPIC_MODEL: model };
  }

  /** Claude Code against the gateway; `environment` brings its key. Runs of one stage share its home. */
  async runClaudeCode({ environment, ...options }) {
    const run = await runClaudeCode({ ...options, ...this.#surroundings(environment) });
    this.#runs += 1;
    await this.keep(`claude-code.${this.#runs}.jsonl`, run.stdout);
    await this.keep(`claude-code.${this.#runs}.stderr.txt`, run.stderr);
    return run;
  }

  /** Claude Code in a terminal instead. */
  async runInTerminal({ environment, ...options }) {
    const run = await runInTerminal({ ...options, ...this.#surroundings(environment) });
    await this.keep('screen.txt', run.screen);
    return run;
  }

  #surroundings(environment) {
    return {
      program: this.options.program,
      folder: this.folder,
      workFolder: this.workFolder,
      environment: { ANTHROPIC_BASE_URL: this.baseUrl, ...this.outside.environment, ...environment },
    };
  }
}
