import { goodEnd, pause, stream, text } from '../../../../dist/simulator/script.js';
import { eventsOf } from '../../read-answer.mjs';
import { ScriptedModel } from '../../scripted-model.mjs';
import { checkCleanRun } from '../check-clean-run.mjs';

/** Comments do not count for Codex, only events do (openai.md §1). */
export const silence = {
  name: 'silence',
  title: 'a model that thinks for longer than Codex waits: events in between keep it waiting',

  async play(stage, checks) {
    const slow = stream(text('Let me think.'), pause(3_500), text(' Done.'), goodEnd());
    const model = new ScriptedModel([{ after: [], first: [slow], say: () => [] }]);
    stage.simulator.answer(model.respond);
    await stage.startGateway({ STREAM_PING_INTERVAL: '1' });
    await stage.listenIn();
    const run = await stage.runCodex({
      prompt: 'Think.',
      configuration: { 'model_providers.gateway.stream_idle_timeout_ms': 2_000 },
    });

    const kept = eventsOf(stage.exchanges[0] ?? { answer: '' }).filter(({ type }) => type === 'keepalive');
    checks.that('the gateway sends events in the silence', kept.length >= 2, kept);
    checks.equal('the answer came, whole', run.answer, 'Let me think. Done.');
    await checkCleanRun(checks, { stage, model, runs: [run] }, { turns: 1 });
  },
};
