import { checkNothingLeft, checkNothingOutside } from '../../check-nothing-left.mjs';
import { checkSuccess } from '../check-claude-code.mjs';

/** `/context` counts every part of a request by itself, all at once (anthropic.md §1). */
export const context = {
  name: 'context',
  title: '/context: a burst of counts, none refused, none sent upstream',

  async play(stage, checks) {
    await stage.startGateway();
    await stage.listenIn();
    const run = await stage.runClaudeCode({ prompt: '/context', environment: await stage.credentials() });

    const counts = stage.exchanges.filter(({ path }) => path.startsWith('/v1/messages/count_tokens'));
    checks.that('Claude Code counts in many requests', counts.length >= 20, counts.length);
    checks.equal('and asks for nothing else', stage.exchanges.length, counts.length);
    checks.none(
      'every one is answered with a number',
      counts
        .filter(({ status, answer }) => status !== 200 || !(JSON.parse(answer).input_tokens > 0))
        .map(({ status, answer }) => ({ status, answer })),
    );
    checks.none(
      'upstream was not asked',
      stage.simulator.requests.filter(({ operation }) => operation === 'GenerateAssistantResponse'),
    );
    checks.that('it shows where the tokens go', /System prompt/.test(run.result?.result), run.result);
    checkSuccess(checks, run);
    await checkNothingLeft(checks, stage);
    checkNothingOutside(checks, stage);
  },
};
