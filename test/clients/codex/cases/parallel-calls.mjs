import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { broughtResults, call, ScriptedModel, say } from '../../scripted-model.mjs';
import { checkCleanRun } from '../check-clean-run.mjs';
import { itemsOf } from '../read-responses-answer.mjs';

/** Two commands asked for in one answer. */
export const parallelCalls = {
  name: 'parallel-calls',
  title: 'two commands in one answer, then the answer',

  async play(stage, checks) {
    const lines = ['left', 'right'].map((side) => `${side}-${randomBytes(6).toString('hex')}`);
    for (const line of lines) await writeFile(join(stage.workFolder, `${line.split('-')[0]}.txt`), `${line}\n`);
    const ids = ['call_left', 'call_right'];
    const model = new ScriptedModel([
      {
        after: [],
        say: () => [
          ...call('tooluse_left', 'exec_command', { cmd: 'cat left.txt' }),
          ...call('tooluse_right', 'exec_command', { cmd: 'cat right.txt' }),
        ],
      },
      { after: ids, say: (results) => say(`They say ${results.map(quote).join(' and ')}.`) },
    ]);
    stage.simulator.answer(model.respond);
    await stage.startGateway();
    await stage.listenIn();
    const run = await stage.runCodex({ prompt: 'What do left.txt and right.txt say?' });

    checks.equal(
      'both calls are items of one response',
      itemsOf(stage.exchanges[0]).map(({ type, call_id: id }) => [type, id]),
      ids.map((id) => ['function_call', id]),
    );
    checks.equal(
      'both results came in one request, in call order',
      Object.keys(broughtResults(model.mainTurns[1])),
      ids,
    );
    checks.equal('the answer quotes both files', run.answer, `They say ${lines.join(' and ')}.`);
    await checkCleanRun(checks, { stage, model, runs: [run] }, { turns: 2 });
  },
};

function quote(result) {
  return /(left|right)-[0-9a-f]{12}/.exec(result)?.[0] ?? `nothing of the kind: ${result}`;
}
