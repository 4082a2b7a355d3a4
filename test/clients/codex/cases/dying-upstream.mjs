import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exception, pause, reasoning, signature, stream, text } from '../../../../dist/simulator/script.js';
import { checkNothingLeft, checkNothingOutside } from '../../check-nothing-left.mjs';
import { call, ScriptedModel, say } from '../../scripted-model.mjs';
import { checkFailure, checkSuccess, commandsOf, retriesOf } from '../check-codex.mjs';
import { endOf } from '../read-responses-answer.mjs';

const PROMPT = 'Note that you were here.';

const reset = { reset: true };
// Time for the gateway to read what came before: a reset connection gives nothing any more.
const thenReset = [pause(300), reset];
const whole = call('tooluse_whole', 'exec_command', { cmd: 'echo whole >> ran.txt; echo noted' });
const half = call('tooluse_half', 'exec_command', { cmd: 'echo half >> ran.txt; echo no' }).slice(0, 5);
const serviceError = exception('error', { message: 'Something went wrong.', reason: null });

/**
 * @typedef {object} Phase where the upstream dies
 * @property {string} name
 * @property {string} title
 * @property {import('../../scripted-model.mjs').Answer[]} dies what upstream does the first times it is asked
 * @property {string[]} heard how each of Codex' requests ended
 * @property {number} asked how often upstream is asked in all
 * @property {number} [retries] how many Codex announced
 * @property {string} [says] Codex keeps this text
 * @property {Record<string, string>} [settings] of the gateway
 */

/** One run of a command, during whose first turn upstream dies. @type {Phase[]} */
const PHASES = [
  {
    name: 'before-its-first-byte',
    title: 'the gateway asks again by itself',
    dies: [{ kind: 'reset' }],
    heard: ['completed', 'completed'],
    asked: 3,
  },
  {
    name: 'before-its-first-byte-again',
    title: 'Codex is told 502 and asks again',
    dies: [{ kind: 'reset' }, stream(reset)],
    heard: ['502', 'completed', 'completed'],
    asked: 4,
  },
  {
    name: 'after-its-first-text',
    title: 'Codex asks again',
    dies: [stream(text('I begin'), thenReset)],
    heard: ['failed', 'completed', 'completed'],
    asked: 3,
    retries: 1,
  },
  {
    name: 'with-an-error-after-text',
    title: 'Codex asks again',
    dies: [stream(text('I begin'), serviceError)],
    heard: ['failed', 'completed', 'completed'],
    asked: 3,
    retries: 1,
  },
  {
    name: 'after-a-completed-text',
    title: 'the text is kept, Codex asks to go on',
    dies: [stream(text('I begin.'), reasoning('Now what?'), thenReset)],
    heard: ['failed', 'completed', 'completed'],
    asked: 3,
    retries: 1,
    says: 'I begin.',
  },
  {
    name: 'after-thinking-only',
    title: 'Codex asks again',
    dies: [stream(reasoning('Let me see.'), signature('c2lnbmVk'), thenReset)],
    heard: ['failed', 'completed', 'completed'],
    asked: 3,
    retries: 1,
  },
  {
    name: 'after-a-completed-call',
    title: 'the command runs, the conversation goes on',
    dies: [stream(text('I note it.'), whole, thenReset)],
    heard: ['failed', 'completed'],
    asked: 2,
    retries: 1,
    says: 'I note it.',
  },
  {
    name: 'in-the-middle-of-a-call',
    title: 'half a call is never handed on, Codex asks again',
    dies: [stream(text('I note it.'), half, thenReset)],
    heard: ['failed', 'completed', 'completed'],
    asked: 3,
    retries: 1,
  },
  {
    name: 'without-its-tail-after-a-call',
    title: 'nobody notices',
    dies: [stream(whole)],
    heard: ['completed', 'completed'],
    asked: 2,
  },
  {
    name: 'by-falling-silent',
    title: 'the gateway gives it up, Codex asks again',
    dies: [stream(text('I begin'), pause(60_000))],
    heard: ['failed', 'completed', 'completed'],
    asked: 3,
    retries: 1,
    settings: { UPSTREAM_IDLE_TIMEOUT: '1' },
  },
];

/** @param {Phase} phase @returns {import('../../play-cases.mjs').Case} */
function dying({ name, title, dies, heard, asked, retries = 0, says, settings }) {
  return {
    name: `upstream-dies-${name}`,
    title,

    async play(stage, checks) {
      const model = new ScriptedModel([
        { after: ['call_whole'], say: ([result]) => say(`It is ${/noted/.exec(result) ?? result}.`) },
        { after: [], first: dies, say: () => whole },
      ]);
      stage.simulator.answer(model.respond);
      await stage.startGateway(settings);
      await stage.listenIn();
      const run = await stage.runCodex({ prompt: PROMPT });

      checks.equal('Codex asked, and was answered', stage.exchanges.map(endOf), heard);
      checks.equal('it announced its repeats', retriesOf(run).length, retries);
      checks.equal('upstream was asked no more than that needs', model.mainTurns.length, asked);
      checks.none('every turn was one of the script', model.unexpected);
      const ran = await readFile(join(stage.workFolder, 'ran.txt'), 'utf8').catch(String);
      checks.equal('the command ran once, as it was called', ran, 'whole\n');
      checks.equal('no other call reached Codex', commandsOf(run).length, 1);
      const texts = run.items.filter(({ type }) => type === 'agent_message').map((item) => item.text);
      if (says) checks.equal('the text before the end was kept', texts[0], says);
      checks.equal('the conversation came to its end', run.answer, 'It is noted.');
      checkSuccess(checks, run);
      await checkNothingLeft(checks, stage);
      checkNothingOutside(checks, stage);
    },
  };
}

/** Every attempt fails: it ends, and it is told. */
const forGood = {
  name: 'upstream-dies-for-good',
  title: 'Codex gives up after its retries, and upstream was not hammered',

  async play(stage, checks) {
    const model = new ScriptedModel([{ first: Array(100).fill({ kind: 'reset' }), say: () => [] }]);
    stage.simulator.answer(model.respond);
    await stage.startGateway();
    await stage.listenIn();
    const run = await stage.runCodex({
      prompt: PROMPT,
      configuration: {
        'model_providers.gateway.request_max_retries': 1,
        'model_providers.gateway.stream_max_retries': 1,
      },
    });

    checks.equal('Codex repeated as often as it may', stage.exchanges.map(endOf), Array(4).fill('502'));
    checks.that('upstream was asked at most twice for each', model.mainTurns.length <= 8, {
      asked: model.mainTurns.length,
    });
    checkFailure(checks, run, /502 Bad Gateway: The connection to the service broke off/);
    await checkNothingLeft(checks, stage);
    checkNothingOutside(checks, stage);
  },
};

/** A stream that just ends may have been cut: the response is incomplete, which Codex takes for final (openai.md §8). */
const withoutTail = {
  name: 'upstream-dies-without-its-tail',
  title: 'the response is incomplete, and Codex says so at once',

  async play(stage, checks) {
    const model = new ScriptedModel([{ after: [], first: [stream(text('I begin.'))], say: () => whole }]);
    stage.simulator.answer(model.respond);
    await stage.startGateway();
    await stage.listenIn();
    const run = await stage.runCodex({ prompt: PROMPT });

    checks.equal('one request, an incomplete response', stage.exchanges.map(endOf), ['incomplete']);
    checkFailure(checks, run, /max_output_tokens/);
    await checkNothingLeft(checks, stage);
    checkNothingOutside(checks, stage);
  },
};

export const dyingUpstream = [...PHASES.map(dying), withoutTail, forGood];
