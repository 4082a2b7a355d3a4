import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { call, ScriptedModel, say } from '../../scripted-model.mjs';
import { checkCleanRun } from '../check-clean-run.mjs';

const PATCH = '*** Begin Patch\n*** Add File: added.txt\n+Added.\n*** End Patch';

/** With `/v1/models` as its catalogue Codex knows Claude models as it knows its own (openai.md §11). */
export const modelCatalogue = {
  name: 'model-catalogue',
  title: 'the model list as catalogue: Codex knows the Claude model, and lets it patch',

  async play(stage, checks) {
    const model = new ScriptedModel([
      { after: [], say: () => call('tooluse_patch', 'apply_patch', { input: PATCH }) },
      { after: ['call_patch'], say: () => say('Patched.') },
    ]);
    stage.simulator.answer(model.respond);
    await stage.startGateway();
    await stage.listenIn();
    const run = await stage.runCodex({
      prompt: 'Add a file.',
      configuration: { 'model_providers.gateway.model_catalog_url': `${stage.baseUrl}/v1/models` },
    });

    const [list, ...turns] = stage.exchanges;
    checks.equal(
      'Codex asks for the list first',
      [list?.method, list?.path.split('=')[0], list?.status],
      ['GET', '/v1/models?client_version', 200],
    );
    checks.none(
      'it misses nothing about the model',
      run.items.filter(({ type }) => type === 'error'),
    );
    checks.that(
      'it offers the patch tool as it does to its own models',
      turns[0]?.body.tools.some(({ type, name }) => type === 'custom' && name === 'apply_patch'),
      turns[0]?.body.tools.map(({ type, name }) => [type, name]),
    );
    const added = await readFile(join(stage.workFolder, 'added.txt'), 'utf8').catch(String);
    checks.equal('the patch is applied', [added, run.answer], ['Added.\n', 'Patched.']);
    await checkCleanRun(checks, { stage, model, runs: [run] }, { turns: 2 });
  },
};
