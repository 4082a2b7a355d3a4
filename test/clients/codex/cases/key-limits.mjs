import { checkNothingLeft, checkNothingOutside } from '../../check-nothing-left.mjs';
import { errorOf } from '../../read-answer.mjs';
import { checkFailure, checkNoRetry, checkSuccess } from '../check-codex.mjs';

const LIMITS = { requestsPerMinute: 100, tokensPerMinute: 5_000_000, maxConcurrent: 10 };

/** Its own key has limits: within them nothing is to be felt of it, and over its budget Codex gives up at once. */
export const keyLimits = {
  name: 'key-limits',
  title: 'a key with limits serves, until its budget is spent',

  async play(stage, checks) {
    await stage.startGateway();
    await stage.listenIn();
    const ask = async (limits) => {
      const environment = { AMQ_GATEWAY_KEY: await stage.gateway.createKey('limited', limits) };
      return stage.runCodex({ prompt: 'Hello.', environment });
    };

    checkSuccess(checks, await ask({ ...LIMITS, allowedModels: ['claude-sonnet-*'], monthlyCostBudget: 100 }));
    const [{ answerHeaders = {} } = {}] = stage.exchanges;
    checks.equal(
      'the answer tells the limits',
      [answerHeaders['x-ratelimit-limit-requests'], answerHeaders['x-ratelimit-limit-tokens']],
      ['100', '5000000'],
    );
    const served = stage.exchanges.length;

    const spent = await ask({ ...LIMITS, monthlyTokenBudget: 1 });
    checks.equal(
      'one request, refused for good',
      stage.exchanges.slice(served).map((exchange) => [exchange.status, errorOf(exchange).code]),
      [[429, 'insufficient_quota']],
    );
    checkNoRetry(checks, spent);
    checkFailure(checks, spent, /^Quota exceeded/);
    await checkNothingLeft(checks, stage);
    checkNothingOutside(checks, stage);
  },
};
