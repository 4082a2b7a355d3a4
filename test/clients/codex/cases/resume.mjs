import { call, pastMessages, ScriptedModel, say } from '../../scripted-model.mjs';
import { checkCleanRun } from '../check-clean-run.mjs';

/** A session is taken up by another process. */
export const resume = {
  name: 'resume',
  title: 'a session goes on in a new process, with all that was said and done in it',

  async play(stage, checks) {
    const model = new ScriptedModel([
      { after: [], asked: 'Name a bird.', say: () => call('tooluse_bird', 'exec_command', { cmd: 'echo pelican' }) },
      { after: ['call_bird'], say: () => say('A pelican.') },
      { after: [], asked: 'And another one?', say: () => say('A heron.') },
    ]);
    stage.simulator.answer(model.respond);
    await stage.startGateway();
    const first = await stage.runCodex({ prompt: 'Name a bird.' });
    const second = await stage.runCodex({ prompt: 'And another one?', resumes: true });

    checks.equal('both answers came', [first.answer, second.answer], ['A pelican.', 'A heron.']);
    const past = JSON.stringify(pastMessages(model.mainTurns[2]));
    checks.that('the model knows the question before', past.includes('Name a bird.'), past);
    checks.that('and the result of the command', past.includes('call_bird'), past);
    await checkCleanRun(checks, { stage, model, runs: [first, second] }, { turns: 3 });
  },
};
