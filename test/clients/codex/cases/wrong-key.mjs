import { checkNothingLeft, checkNothingOutside } from '../../check-nothing-left.mjs';
import { errorOf } from '../../read-answer.mjs';
import { checkFailure, checkNoRetry } from '../check-codex.mjs';

/** Codex takes 401 for something that passes, and there is no header to tell it otherwise (openai.md §9). */
export const wrongKey = {
  name: 'wrong-key',
  title: 'a wrong key is refused, six times, and Codex tells why',

  async play(stage, checks) {
    await stage.startGateway();
    await stage.listenIn();
    const run = await stage.runCodex({ prompt: 'Hello.', environment: { AMQ_GATEWAY_KEY: 'not-a-key' } });

    checks.equal(
      'every request is refused',
      stage.exchanges.map(({ status }) => status),
      Array(6).fill(401),
    );
    checks.equal('as a wrong key', errorOf(stage.exchanges[0]).code, 'invalid_api_key');
    checks.none('upstream was not asked', askedOf(stage));
    checkFailure(checks, run, /401 Unauthorized: .*API key/);
    await checkNothingLeft(checks, stage);
    checkNothingOutside(checks, stage);
  },
};

export const unknownModel = {
  name: 'unknown-model',
  title: 'an unknown model is refused once, and Codex tells which',

  async play(stage, checks) {
    await stage.startGateway();
    await stage.listenIn();
    const run = await stage.runCodex({ prompt: 'Hello.', model: 'no-such-model' });

    checks.equal(
      'one request, refused',
      stage.exchanges.map((exchange) => [exchange.status, errorOf(exchange).code]),
      [[404, 'model_not_found']],
    );
    checks.none('upstream was not asked', askedOf(stage));
    checkNoRetry(checks, run);
    checkFailure(checks, run, /no-such-model/);
    await checkNothingLeft(checks, stage);
    checkNothingOutside(checks, stage);
  },
};

function askedOf({ simulator }) {
  return simulator.requests.filter(({ operation }) => operation === 'GenerateAssistantResponse');
}
