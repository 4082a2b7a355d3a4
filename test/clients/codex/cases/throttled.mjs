import { failure } from '../../../../dist/simulator/script.js';
import { checkNothingLeft, checkNothingOutside } from '../../check-nothing-left.mjs';
import { errorOf } from '../../read-answer.mjs';
import { ScriptedModel, say } from '../../scripted-model.mjs';
import { checkFailure, checkNoRetry, checkSuccess, retriesOf } from '../check-codex.mjs';
import { endOf } from '../read-responses-answer.mjs';

const TOO_LONG = failure(400, 'ValidationException', 'Input is too long.', 'CONTENT_LENGTH_EXCEEDS_THRESHOLD');

/** @param {Record<string, string>} headers of upstream @param {string} pause what Codex is told, in seconds */
function throttling(name, title, headers, pause) {
  return {
    name,
    title,

    async play(stage, checks) {
      const refusal = failure(429, 'ThrottlingException', 'Too many requests.', null, { headers });
      const model = new ScriptedModel([{ after: [], first: [refusal], say: () => say('Here I am.') }]);
      stage.simulator.answer(model.respond);
      await stage.startGateway();
      await stage.listenIn();
      const run = await stage.runCodex({ prompt: 'Hello.' });

      checks.equal('one request was refused, its repeat was not', stage.exchanges.map(endOf), ['429', 'completed']);
      const [refused] = stage.exchanges;
      checks.equal('as a limit of the rate', errorOf(refused).code, 'rate_limit_exceeded');
      checks.equal('with a pause', refused?.answerHeaders?.['retry-after'], pause);
      const retries = retriesOf(run);
      checks.that(
        'Codex waited as long, once',
        run.durationMs >= Number(pause) * 1000 && retries.length === 1,
        retries,
      );
      checks.equal('upstream was asked twice', model.mainTurns.length, 2);
      checks.equal('the answer came', run.answer, 'Here I am.');
      checkSuccess(checks, run);
      await checkNothingLeft(checks, stage);
      checkNothingOutside(checks, stage);
    },
  };
}

export const throttled = [
  throttling('throttled', 'a 429 with the pause that upstream asks for is waited for', { 'retry-after': '1' }, '1'),
  // Without the header Codex would give up (openai.md §9).
  throttling('throttled-for-no-time', 'upstream asks for no pause: Codex is told a short one', {}, '2'),
];

/** Waiting does not help: the month's quota of every account is spent. */
export const quotaSpent = {
  name: 'quota-spent',
  title: 'a spent quota fails at once',

  async play(stage, checks) {
    stage.account.quota.used = stage.account.quota.limit;
    await stage.startGateway();
    await stage.listenIn();
    const run = await stage.runCodex({ prompt: 'Hello.' });

    checks.equal(
      'one request, refused for good',
      stage.exchanges.map(({ status, answerHeaders }) => [status, answerHeaders?.['retry-after']]),
      [[429, undefined]],
    );
    checks.equal('as a quota', errorOf(stage.exchanges[0]).code, 'insufficient_quota');
    checkNoRetry(checks, run);
    checkFailure(checks, run, /^Quota exceeded/);
    await checkNothingLeft(checks, stage);
    checkNothingOutside(checks, stage);
  },
};

export const tooLong = {
  name: 'too-long',
  title: 'a prompt that is too long fails at once, and Codex knows why',

  async play(stage, checks) {
    stage.simulator.answer(new ScriptedModel([{ first: Array(9).fill(TOO_LONG), say: () => [] }]).respond);
    await stage.startGateway();
    await stage.listenIn();
    const run = await stage.runCodex({ prompt: 'Hello.' });

    checks.equal(
      'one request, refused',
      stage.exchanges.map((exchange) => [exchange.status, errorOf(exchange).code]),
      [[400, 'context_length_exceeded']],
    );
    checkNoRetry(checks, run);
    checkFailure(checks, run, /ran out of room in the model's context window/);
    await checkNothingLeft(checks, stage);
    checkNothingOutside(checks, stage);
  },
};
