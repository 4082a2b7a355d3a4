import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { reasoning, signature } from '../../../../dist/simulator/script.js';
import { call, ScriptedModel, say } from '../../scripted-model.mjs';
import { checkCleanRun } from '../check-clean-run.mjs';

/** Two Reads in one turn after some thinking; the key travels as `x-api-key`. */
export const parallelTools = {
  name: 'parallel-tools',
  title: 'two Reads in one turn, then the answer',

  async play(stage, checks) {
    const lines = ['left', 'right'].map((side) => `${side}-${randomBytes(6).toString('hex')}`);
    const files = ['left.txt', 'right.txt'].map((name) => join(stage.workFolder, name));
    for (const [index, file] of files.entries()) await writeFile(file, `${lines[index]}\n`);
    const ids = ['tooluse_left', 'tooluse_right'];
    const model = new ScriptedModel([
      {
        after: [],
        say: () => [
          reasoning('Two files, '),
          reasoning('so two calls at once.'),
          signature(randomBytes(48).toString('base64')),
          ...files.flatMap((file, index) => call(ids[index], 'Read', { file_path: file })),
        ],
      },
      { after: ids, say: (results) => say(`They say ${results.map(quote).join(' and ')}.`) },
    ]);
    stage.simulator.answer(model.respond);
    await stage.startGateway();
    const run = await stage.runClaudeCode({
      prompt: 'What do left.txt and right.txt say?',
      allowedTools: ['Read'],
      environment: {
        ANTHROPIC_API_KEY: await stage.gateway.createKey('Claude Code'),
        ANTHROPIC_MODEL: 'claude-sonnet-5',
      },
    });

    checks.equal('Claude Code got the thinking', thinkingOf(run), ['Two files, so two calls at once.']);
    checks.equal('the answer quotes both files', run.result?.result, `They say ${lines.join(' and ')}.`);
    checks.equal('both results came in one request, in call order', resultsOf(model.mainTurns[1]), ids);
    await checkCleanRun(checks, { stage, model, run }, { turns: 2 });
  },
};

function quote(result) {
  return /(left|right)-[0-9a-f]{12}/.exec(result)?.[0] ?? `nothing of the kind: ${result}`;
}

function thinkingOf({ events }) {
  const blocks = events.filter(({ type }) => type === 'assistant').flatMap(({ message }) => message.content);
  return blocks.filter(({ type }) => type === 'thinking').map(({ thinking }) => thinking);
}

function resultsOf(turn) {
  const message = turn?.body.conversationState.currentMessage.userInputMessage;
  return message?.userInputMessageContext?.toolResults?.map((result) => result.toolUseId);
}
