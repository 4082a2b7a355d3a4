import { failure } from '../../../../dist/simulator/script.js';
import { checkNothingLeft, checkNothingOutside } from '../../check-nothing-left.mjs';
import { errorOf } from '../../read-answer.mjs';
import { ScriptedModel, say } from '../../scripted-model.mjs';
import { checkSuccess } from '../check-claude-code.mjs';
import { SUMMARY_REQUEST } from './compact.mjs';

const TOO_LONG = failure(400, 'ValidationException', 'Input is too long.', 'CONTENT_LENGTH_EXCEEDS_THRESHOLD');
const WORDING = /^prompt is too long: (\d+) tokens > (\d+) maximum$/;

/** Upstream finds the prompt too long once; Claude Code knows the wording, summarises and asks again. */
export const tooLong = {
  name: 'too-long',
  title: 'a prompt that is too long is summarised, and the conversation goes on',

  async play(stage, checks) {
    const model = new ScriptedModel([
      { asked: SUMMARY_REQUEST, say: () => say('<analysis>Short.</analysis>\n<summary>Two.</summary>') },
      { after: [], asked: 'Count on: three.', first: [TOO_LONG], say: () => say('Three.') },
      { after: [], say: () => say('Counted.') },
    ]);
    stage.simulator.answer(model.respond);
    await stage.startGateway();
    await stage.listenIn();
    const environment = await stage.credentials('claude-sonnet-4-5');
    const first = await stage.runClaudeCode({ prompt: 'Count: one.', environment });
    const session = ['--resume', String(first.result?.session_id)];
    await stage.runClaudeCode({ prompt: 'Count on: two.', args: session, environment });
    const run = await stage.runClaudeCode({ prompt: 'Count on: three.', args: session, environment });

    const statuses = stage.exchanges.map(({ status }) => status);
    checks.equal('one request was refused, then came a summary and the answer', statuses, [200, 200, 400, 200, 200]);
    const { type, message } = errorOf(stage.exchanges[2]);
    const [, tokens, maximum] = WORDING.exec(message) ?? [];
    checks.equal('it was refused as an invalid request', type, 'invalid_request_error');
    checks.that('in the words that Claude Code knows', Number(tokens) > Number(maximum), message);
    checks.equal('the maximum is the window of the model', maximum, '200000');
    const boundaries = run.events.filter(({ subtype }) => subtype === 'compact_boundary');
    checks.equal(
      'Claude Code compacted by itself, once',
      boundaries.map((event) => event.compact_metadata?.trigger),
      ['auto'],
    );
    checks.equal('the conversation goes on', run.result?.result, 'Three.');
    checks.equal('upstream was asked five times', model.mainTurns.length, 5);
    checkSuccess(checks, run);
    await checkNothingLeft(checks, stage);
    checkNothingOutside(checks, stage);
  },
};
