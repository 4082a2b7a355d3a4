import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { call, offeredTools, ScriptedModel, say } from '../../scripted-model.mjs';
import { checkCleanRun } from '../check-clean-run.mjs';
import { itemsOf, responseOf } from '../read-responses-answer.mjs';

const MODEL = 'gpt-5.5';
const BEFORE = 'one\ntwo "quoted"\nthree\n';
const ADDED = 'naïve – \\backslash\\ and "quotes" ✓';
const PATCH = `*** Begin Patch
*** Update File: numbers.txt
@@
 one
-two "quoted"
+zwei "zitiert" \\n – ✓
 three
*** Add File: added.txt
+${ADDED}
*** End Patch
`;
const AFTER = 'one\nzwei "zitiert" \\n – ✓\nthree\n';

/** `apply_patch` takes text, not JSON; upstream knows only tools that take JSON (openai.md §6). */
export const applyPatch = {
  name: 'apply-patch',
  title: 'a patch as free text, asked for under the name of a GPT model',

  async play(stage, checks) {
    await writeFile(join(stage.workFolder, 'numbers.txt'), BEFORE);
    const model = new ScriptedModel([
      { after: [], say: () => call('tooluse_patch', 'apply_patch', { input: PATCH }) },
      { after: ['call_patch'], say: ([result]) => say(/Success/.test(result) ? 'Patched.' : result) },
    ]);
    stage.simulator.answer(model.respond);
    await stage.startGateway();
    await stage.listenIn();
    const run = await stage.runCodex({ prompt: 'Translate the second line.', model: MODEL });

    const offered = stage.exchanges[0]?.body.tools.find(({ name }) => name === 'apply_patch');
    checks.equal('Codex offers the tool as one of its own kind', offered?.type, 'custom');
    checks.that('upstream is offered it', offeredTools(model.mainTurns[0]).includes('apply_patch'));
    checks.equal('Codex gets the patch as plain text', itemsOf(stage.exchanges[0]).map(essence), [
      ['custom_tool_call', 'apply_patch', PATCH],
    ]);
    checks.equal('and calls the model as it did itself', responseOf(stage.exchanges[0]).model, MODEL);
    const contents = ['numbers.txt', 'added.txt'].map((name) => readFile(join(stage.workFolder, name), 'utf8'));
    checks.equal('the patch is applied', await Promise.all(contents).catch(String), [AFTER, `${ADDED}\n`]);
    checks.equal('the result reaches the model', run.answer, 'Patched.');
    await checkCleanRun(checks, { stage, model, runs: [run] }, { turns: 2 });
  },
};

function essence({ type, name, input }) {
  return [type, name, input];
}
