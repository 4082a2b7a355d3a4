import { checkNothingLeft, checkNothingOutside } from '../../check-nothing-left.mjs';
import { errorOf } from '../../read-answer.mjs';
import { checkFailure, checkNoRetry, checkSuccess } from '../check-claude-code.mjs';

const LIMITS = { requestsPerMinute: 100, tokensPerMinute: 5_000_000, maxConcurrent: 10 };

/** Its own key has limits: within them nothing is to be felt of it, and over them Claude Code gives up and shows which. */
export const keyLimits = {
  name: 'key-limits',
  title: 'a key with limits serves, until its budget is spent or its model is another',

  async play(stage, checks) {
    await stage.startGateway();
    await stage.listenIn();
    const ask = async (limits, model = 'claude-sonnet-5') => {
      const key = await stage.gateway.createKey('limited', limits);
      const environment = { ANTHROPIC_AUTH_TOKEN: key, ANTHROPIC_MODEL: model };
      return stage.runClaudeCode({ prompt: 'Hello.', environment, timeoutMs: 15_000 });
    };

    checkSuccess(checks, await ask({ ...LIMITS, allowedModels: ['claude-sonnet-*'], monthlyCostBudget: 100 }));
    const [answered] = stage.exchanges;
    checks.equal('the answer tells the limits', ratesOf(answered), { requests: '100', tokens: '5000000' });
    const served = stage.exchanges.length;

    const spent = await ask({ ...LIMITS, monthlyTokenBudget: 1 });
    checkNoRetry(checks, spent);
    checkFailure(checks, spent, /budget/i);
    const other = await ask({ allowedModels: ['claude-haiku-*'] });
    checkNoRetry(checks, other);
    checkFailure(checks, other, /may not use the model/i);

    const refused = stage.exchanges.slice(served);
    checks.equal(
      'one request each, refused for good',
      refused.map(({ status, answerHeaders }) => [status, answerHeaders?.['x-should-retry']]),
      [
        [429, 'false'],
        [403, 'false'],
      ],
    );
    checks.equal(
      'as a limit and as a permission',
      refused.map((exchange) => errorOf(exchange).type),
      ['rate_limit_error', 'permission_error'],
    );
    await checkNothingLeft(checks, stage);
    checkNothingOutside(checks, stage);
  },
};

function ratesOf({ answerHeaders } = {}) {
  const limitOf = (what) => answerHeaders?.[`anthropic-ratelimit-${what}-limit`];
  return { requests: limitOf('requests'), tokens: limitOf('tokens') };
}
