import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { reasoning, signature } from '../../../../dist/simulator/script.js';
import { call, ScriptedModel, say } from '../../scripted-model.mjs';
import { checkCleanRun } from '../check-clean-run.mjs';
import { commandsOf } from '../check-codex.mjs';
import { endOf, itemsOf } from '../read-responses-answer.mjs';

/** A command writes a file, the next one reads it, the answer quotes it. */
export const toolLoop = {
  name: 'tool-loop',
  title: 'thinking, a command, then another, then the answer',

  async play(stage, checks) {
    const line = `amq-${randomBytes(6).toString('hex')}`;
    const signed = randomBytes(48).toString('base64');
    const model = new ScriptedModel([
      {
        after: [],
        say: () => [
          reasoning('First the note, '),
          reasoning('then a look at it.'),
          signature(signed),
          ...say('I write the note with "echo" – naïvely, in UTF-8 ✓.'),
          ...call('tooluse_write', 'exec_command', { cmd: `echo ${line} > note.txt` }),
        ],
      },
      { after: ['call_write'], say: () => call('tooluse_read', 'exec_command', { cmd: 'cat note.txt' }) },
      { after: ['call_read'], say: ([result]) => say(`The note says ${quote(result)}.`) },
    ]);
    stage.simulator.answer(model.respond);
    await stage.startGateway();
    await stage.listenIn();
    const run = await stage.runCodex({ prompt: 'Write a note, read it back, and tell me what it says.' });

    const note = await readFile(join(stage.workFolder, 'note.txt'), 'utf8').catch(String);
    checks.equal('the first command ran: the file is there', note, `${line}\n`);
    checks.equal('the answer quotes what the second one printed', run.answer, `The note says ${line}.`);
    checks.equal('Codex shows the thinking', textsOf(run, 'reasoning'), ['First the note, then a look at it.']);
    checks.equal('and what was said before the command', textsOf(run, 'agent_message')[0], SAID);
    checks.equal(
      'both commands ended well',
      commandsOf(run).map(([, exitCode]) => exitCode),
      [0, 0],
    );
    checks.equal('every answer is whole', stage.exchanges.map(endOf), ['completed', 'completed', 'completed']);
    const { input_tokens: input, output_tokens: output } = run.events.at(-1)?.usage ?? {};
    checks.equal('Codex counts the tokens of all three', [input, output], [3 * 9_000, 3 * 40]);
    checkReasoningReplayed(checks, stage.exchanges);
    checks.that('upstream gets the thinking back as it was', JSON.stringify(model.mainTurns[1]?.body).includes(signed));
    await checkCleanRun(checks, { stage, model, runs: [run] }, { turns: 3 });
  },
};

const SAID = 'I write the note with "echo" – naïvely, in UTF-8 ✓.';

function quote(result) {
  return /amq-[0-9a-f]{12}/.exec(result)?.[0] ?? `nothing of the kind: ${result}`;
}

function textsOf({ items }, type) {
  return items.filter((item) => item.type === type).map(({ text }) => text);
}

/** Otherwise there would be nothing to give back. */
function checkReasoningReplayed(checks, exchanges) {
  const given = itemsOf(exchanges[0]).find(({ type }) => type === 'reasoning');
  const replayed = exchanges[1]?.body.input.find(({ type }) => type === 'reasoning');
  checks.that('the thinking is given to Codex encrypted', Boolean(given?.encrypted_content), given);
  checks.equal('Codex sends it back unchanged', replayed?.encrypted_content, given?.encrypted_content);
}
