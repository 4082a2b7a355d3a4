import { checkNothingLeft, checkNothingOutside } from '../../check-nothing-left.mjs';
import { errorOf } from '../../read-answer.mjs';
import { checkFailure, checkNoRetry } from '../check-claude-code.mjs';

/** Without `x-should-retry: false` Claude Code would repeat it ten times, over minutes (anthropic.md §8). */
export const wrongKey = {
  name: 'wrong-key',
  title: 'a wrong key fails at once',

  async play(stage, checks) {
    await stage.startGateway();
    await stage.listenIn();
    const wrong = 'not-a-key-of-this-gateway';
    for (const variable of ['ANTHROPIC_AUTH_TOKEN', 'ANTHROPIC_API_KEY']) {
      const environment = { ANTHROPIC_MODEL: 'claude-sonnet-5', [variable]: wrong };
      const run = await stage.runClaudeCode({ prompt: 'Hello.', environment, timeoutMs: 10_000 });
      checkNoRetry(checks, run);
      checkFailure(checks, run, /not logged in|invalid api key/i);
    }

    checks.equal(
      'one request each, refused for good',
      stage.exchanges.map(({ status, answerHeaders }) => [status, answerHeaders?.['x-should-retry']]),
      Array(2).fill([401, 'false']),
    );
    checks.equal('as not authenticated', errorOf(stage.exchanges[0]).type, 'authentication_error');
    checks.none(
      'upstream was not asked',
      stage.simulator.requests.filter(({ operation }) => operation === 'GenerateAssistantResponse'),
    );
    await checkNothingLeft(checks, stage);
    checkNothingOutside(checks, stage);
  },
};
