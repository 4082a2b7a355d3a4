import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { png } from '../../sample-files.mjs';
import { call, newestMessage, pastMessages, ScriptedModel, say } from '../../scripted-model.mjs';
import { checkCleanRun } from '../check-clean-run.mjs';

/** One picture comes with the prompt, the model looks at another. */
export const images = {
  name: 'images',
  title: 'a picture of the prompt and one of view_image: the model gets both',

  async play(stage, checks) {
    const [red, blue] = [png(16, 16, [200, 30, 30]), png(16, 16, [30, 30, 200])];
    await writeFile(join(stage.workFolder, 'red.png'), red);
    await writeFile(join(stage.workFolder, 'blue.png'), blue);
    const model = new ScriptedModel([
      { after: [], say: () => call('tooluse_view', 'view_image', { path: 'blue.png' }) },
      { after: ['call_view'], say: () => say('Red and blue.') },
    ]);
    stage.simulator.answer(model.respond);
    await stage.startGateway();
    await stage.listenIn();
    const run = await stage.runCodex({ prompt: 'What colours are these?', args: ['--image', 'red.png'] });

    const [asked, afterView] = model.mainTurns;
    checks.equal(
      'Codex sends the second one inside of a result',
      stage.exchanges[1]?.body.input.at(-1)?.output.map(({ type }) => type),
      ['input_image'],
    );
    checks.equal('the first one comes with the question', attached(newestMessage(asked)), [['png', inBase64(red)]]);
    checks.equal('the second one with the result', attached(newestMessage(afterView)), [['png', inBase64(blue)]]);
    checks.equal('the first one stays with its message', pastMessages(afterView).flatMap(attached), [
      ['png', inBase64(red)],
    ]);
    checks.equal('the answer came', run.answer, 'Red and blue.');
    await checkCleanRun(checks, { stage, model, runs: [run] }, { turns: 2 });
  },
};

function inBase64(content) {
  return content.toString('base64');
}

function attached({ images: list = [] }) {
  return list.map(({ format, source }) => [format, source.bytes]);
}
