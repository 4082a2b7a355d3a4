import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { call, ScriptedModel, say } from '../../scripted-model.mjs';
import { checkCleanRun } from '../check-clean-run.mjs';

/** Bash writes a file, Read reads it, the answer quotes it. */
export const toolLoop = {
  name: 'tool-loop',
  title: 'Bash, then Read, then the answer',

  async play(stage, checks) {
    const note = join(stage.workFolder, 'note.txt');
    const line = `amq-${randomBytes(6).toString('hex')}`;
    const model = new ScriptedModel([
      {
        after: [],
        say: () => [
          ...say('I write the note with "Bash" – naïvely, in UTF-8 ✓.'),
          ...call('tooluse_bash', 'Bash', {
            command: `echo ${line} > note.txt && cat note.txt`,
            description: 'Write "the note" and print it',
          }),
        ],
      },
      { after: ['tooluse_bash'], say: () => call('tooluse_read', 'Read', { file_path: note }) },
      { after: ['tooluse_read'], say: ([result]) => say(`The note says ${quote(result)}.`) },
    ]);
    stage.simulator.answer(model.respond);
    await stage.startGateway();
    const run = await stage.runClaudeCode({
      prompt: 'Write a note with Bash, read it back, and tell me what it says.',
      allowedTools: ['Bash', 'Read'],
      environment: {
        ANTHROPIC_AUTH_TOKEN: await stage.gateway.createKey('Claude Code'),
        ANTHROPIC_MODEL: 'claude-sonnet-5',
      },
    });

    checks.equal('Bash ran: the file is there', await readFile(note, 'utf8').catch(String), `${line}\n`);
    checks.equal('the answer quotes what Read returned', run.result?.result, `The note says ${line}.`);
    await checkCleanRun(checks, { stage, model, run }, { turns: 3 });
  },
};

function quote(result) {
  return /amq-[0-9a-f]{12}/.exec(result)?.[0] ?? `nothing of the kind: ${result}`;
}
