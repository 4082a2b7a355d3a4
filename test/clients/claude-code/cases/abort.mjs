import { pause, stream, text } from '../../../../dist/simulator/script.js';
import { becomes } from '../../becomes.mjs';
import { checkNothingLeft, checkNothingOutside } from '../../check-nothing-left.mjs';
import { ScriptedModel } from '../../scripted-model.mjs';

/** The user has seen enough: Claude Code hangs up, and so does the gateway. */
export const abort = {
  name: 'abort',
  title: 'Claude Code is interrupted in the middle of an answer: upstream is left at once',

  async play(stage, checks) {
    const endless = stream(text('It all began'), pause(60_000));
    const model = new ScriptedModel([{ after: [], first: [endless], say: () => [] }]);
    stage.simulator.answer(model.respond);
    await stage.startGateway();
    await stage.listenIn();
    const run = await stage.runClaudeCode({
      prompt: 'Tell me everything.',
      environment: await stage.credentials(),
      interruptedBy: becomes(() => stage.exchanges[0]?.answer.includes('It all began')),
    });

    checks.that('Claude Code ends when it is interrupted', !run.timedOut && run.durationMs < 30_000, run.durationMs);
    checks.equal('it did not take the whole answer', [stage.exchanges.length, stage.exchanges[0]?.whole], [1, false]);
    await becomes(() => stage.simulator.openStreams === 0);
    const asked = stage.simulator.requests.filter(({ operation }) => operation === 'GenerateAssistantResponse');
    checks.equal(
      'upstream was left, and asked once',
      asked.map(({ aborted }) => aborted),
      [true],
    );
    checks.equal(
      '/metrics counts a cancelled attempt',
      (await stage.gateway.metrics()).get(
        `amazonq_requests_total{account_id="${stage.account.id}",status="cancelled"}`,
      ),
      1,
    );
    await checkNothingLeft(checks, stage);
    checkNothingOutside(checks, stage);
  },
};
