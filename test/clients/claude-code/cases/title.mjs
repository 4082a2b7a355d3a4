import { reasoning } from '../../../../dist/simulator/script.js';
import { checkCleanStage } from '../../check-clean-stage.mjs';
import { ScriptedModel, say } from '../../scripted-model.mjs';
import { textsOf } from '../read-messages-answer.mjs';

const TITLE = 'Pelican names';
const CHATTY = `Sure, here is a title:\n\n\`\`\`json\n{"title": "${TITLE}"}\n\`\`\`\nI hope you like it!`;

/** In a terminal Claude Code has each session named. The model says more than it was asked to; a title comes of it. */
export const title = {
  name: 'title',
  title: 'in a terminal: the session gets its title, whatever the model wraps it in',

  async play(stage, checks) {
    const model = new ScriptedModel([{ after: [], say: () => say('Percy.') }], () => [
      reasoning('A title.'),
      ...say(CHATTY),
    ]);
    stage.simulator.answer(model.respond);
    await stage.startGateway();
    await stage.listenIn();
    // The terminal's own title: idle, and named.
    const named = `\x1b]0;✳ ${TITLE}\x07`;
    const run = await stage.runInTerminal({
      prompt: 'Name a pelican for me, please.',
      until: (screen) => screen.includes(named) && screen.includes('Percy.'),
      // Without this there is no call for a title.
      environment: { ...(await stage.credentials()), CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '' },
    });

    checks.that('the terminal shows the title and the answer', run.reached, run.screen.slice(-2_000));
    checks.equal('Claude Code leaves when asked to', run.exitCode, 0);
    const asked = stage.exchanges.filter(({ body }) => body?.output_config?.format !== undefined);
    checks.equal(
      'the title is asked for once, as JSON of a schema, without tools and thinking',
      asked.map(({ body }) => [body.output_config.format.type, body.tools, body.thinking?.type]),
      [['json_schema', [], 'disabled']],
    );
    checks.equal('its answer is the JSON and nothing else', asked.map(textsOf).map(asJson), [[{ title: TITLE }]]);
    await checkCleanStage(checks, { stage, model }, { turns: 1, sideCalls: 1 });
  },
};

function asJson(texts) {
  try {
    return texts.map((text) => JSON.parse(text));
  } catch {
    return texts;
  }
}
