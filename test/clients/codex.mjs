// The real Codex CLI, with the gateway as its API and the simulator as Amazon Q. `--help` says how to run it.
import { installCodex, VERSION } from './codex/install-codex.mjs';
import { playCases } from './play-cases.mjs';

await playCases({
  name: 'Codex',
  version: VERSION,
  script: 'test:codex',
  folder: '.clients/codex',
  install: installCodex,
  loadCases: async () => (await import('./codex/cases/all.mjs')).cases,
  loadStage: async () => (await import('./codex/codex-stage.mjs')).CodexStage,
});
