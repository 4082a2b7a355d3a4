// The real Claude Code, with the gateway as its API and the simulator as Amazon Q. `--help` says how to run it.
import { installClaudeCode, VERSION } from './claude-code/install-claude-code.mjs';
import { playCases } from './play-cases.mjs';

await playCases({
  name: 'Claude Code',
  version: VERSION,
  script: 'test:clients',
  folder: '.clients/claude-code',
  install: installClaudeCode,
  loadCases: async () => (await import('./claude-code/cases/all.mjs')).cases,
  loadStage: async () => (await import('./claude-code/claude-code-stage.mjs')).ClaudeCodeStage,
});
