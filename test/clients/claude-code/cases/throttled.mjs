import { failure } from '../../../../dist/simulator/script.js';
import { checkNothingLeft, checkNothingOutside } from '../../check-nothing-left.mjs';
import { errorOf } from '../../read-answer.mjs';
import { ScriptedModel, say } from '../../scripted-model.mjs';
import { checkFailure, checkNoRetry, checkSuccess, retriesOf } from '../check-claude-code.mjs';
import { endOf } from '../read-messages-answer.mjs';

const THROTTLED = failure(429, 'ThrottlingException', 'Too many requests.', null, { headers: { 'retry-after': '1' } });

/** Upstream wants a pause; Claude Code makes it, and goes on. */
export const throttled = {
  name: 'throttled',
  title: 'a 429 with retry-after is waited for',

  async play(stage, checks) {
    const model = new ScriptedModel([{ after: [], first: [THROTTLED], say: () => say('Here I am.') }]);
    stage.simulator.answer(model.respond);
    await stage.startGateway();
    await stage.listenIn();
    const run = await stage.runClaudeCode({ prompt: 'Hello.', environment: await stage.credentials() });

    checks.equal('one request was refused, its repeat was not', stage.exchanges.map(endOf), ['429', 'end_turn']);
    const [refused] = stage.exchanges;
    checks.equal('as a limit of the rate', errorOf(refused).type, 'rate_limit_error');
    checks.equal('with the pause upstream asked for', refused?.answerHeaders?.['retry-after'], '1');
    const [retry, ...more] = retriesOf(run);
    checks.that('Claude Code waited as long, once', retry?.retry_delay_ms >= 1000 && more.length === 0, {
      retry,
      more,
    });
    checks.equal('upstream was asked twice', model.mainTurns.length, 2);
    checks.equal('the answer came', run.result?.result, 'Here I am.');
    checkSuccess(checks, run);
    await checkNothingLeft(checks, stage);
    checkNothingOutside(checks, stage);
  },
};

/** Waiting does not help: the month's quota of every account is spent. */
export const quotaSpent = {
  name: 'quota-spent',
  title: 'a spent quota on every account fails at once',

  async play(stage, checks) {
    stage.simulator.addAccount({ id: 'second-account-of-the-client-tests' });
    for (const account of stage.simulator.accounts) account.quota.used = account.quota.limit;
    await stage.startGateway();
    await stage.listenIn();
    const run = await stage.runClaudeCode({
      prompt: 'Hello.',
      environment: await stage.credentials(),
      timeoutMs: 10_000,
    });

    const asked = stage.simulator.requests.filter(({ operation }) => operation === 'GenerateAssistantResponse');
    checks.equal(
      'each account was asked once',
      asked.map(({ accountId }) => accountId).sort(),
      stage.simulator.accounts.map(({ id }) => id).sort(),
    );
    checks.equal(
      'one request, refused for good',
      stage.exchanges.map(({ status, answerHeaders }) => [status, answerHeaders?.['x-should-retry']]),
      [[429, 'false']],
    );
    checkNoRetry(checks, run);
    checkFailure(checks, run, /quota of the upstream accounts is used up/);
    await checkNothingLeft(checks, stage);
    checkNothingOutside(checks, stage);
  },
};
