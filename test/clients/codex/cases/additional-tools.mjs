import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { call, offeredTools, ScriptedModel, say } from '../../scripted-model.mjs';
import { checkCleanRun } from '../check-clean-run.mjs';
import { itemsOf } from '../read-responses-answer.mjs';

/** Of the newest model names Codex knows another way: tools in the input, one of them takes a program (openai.md §11). */
export const additionalTools = {
  name: 'additional-tools',
  title: 'the newest GPT name: tools inside of the input, a program that runs commands and applies a patch',

  async play(stage, checks) {
    const line = `lite-${randomBytes(6).toString('hex')}`;
    const patch = `*** Begin Patch\n*** Add File: patched.txt\n+${line}\n*** End Patch`;
    const program = [
      `const written = await tools.exec_command({ cmd: "echo ${line} > run.txt && cat run.txt" });`,
      `await tools.apply_patch(${JSON.stringify(patch)});`,
      'text(written.output);',
    ].join('\n');
    const model = new ScriptedModel([
      { after: [], say: () => call('tooluse_exec', 'functions__exec', { input: program }) },
      {
        after: ['call_exec'],
        say: ([result]) => say(`It printed ${/lite-[0-9a-f]{12}/.exec(result)?.[0] ?? result}.`),
      },
    ]);
    stage.simulator.answer(model.respond);
    await stage.startGateway();
    await stage.listenIn();
    const run = await stage.runCodex({ prompt: 'Run something.', model: 'gpt-6.1-sol' });

    const { tools, input } = stage.exchanges[0]?.body ?? {};
    checks.equal('Codex sends no tools but an item of them', [tools, input?.[0].type], [undefined, 'additional_tools']);
    checks.that('upstream is offered them', offeredTools(model.mainTurns[0]).includes('functions__exec'));
    checks.equal(
      'Codex gets the program as text, its name and namespace apart',
      itemsOf(stage.exchanges[0]).map(essence),
      [['custom_tool_call', 'functions', 'exec', program]],
    );
    const contents = ['run.txt', 'patched.txt'].map((name) => readFile(join(stage.workFolder, name), 'utf8'));
    checks.equal('the program ran', await Promise.all(contents).catch(String), [`${line}\n`, `${line}\n`]);
    checks.equal('what it printed reaches the model', run.answer, `It printed ${line}.`);
    await checkCleanRun(checks, { stage, model, runs: [run] }, { turns: 2 });
  },
};

function essence({ type, namespace, name, input }) {
  return [type, namespace, name, input];
}
