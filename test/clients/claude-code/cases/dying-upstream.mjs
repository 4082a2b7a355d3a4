import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exception, pause, reasoning, signature, stream, text } from '../../../../dist/simulator/script.js';
import { checkNothingLeft, checkNothingOutside } from '../../check-nothing-left.mjs';
import { call, ScriptedModel, say } from '../../scripted-model.mjs';
import { checkFailure, checkSuccess, retriesOf } from '../check-claude-code.mjs';
import { endOf } from '../read-messages-answer.mjs';

const PROMPT = 'Note that you were here.';
/** How Claude Code asks to go on after an answer that was cut short (anthropic.md §10). */
const GO_ON = 'Resume directly';

const reset = { reset: true };
// Time for the gateway to read what came before: a reset connection gives nothing any more.
const thenReset = [pause(300), reset];
const whole = call('tooluse_whole', 'Bash', { command: 'echo whole >> ran.txt; echo noted', description: 'Note it' });
const half = call('tooluse_half', 'Bash', { command: 'echo half >> ran.txt; echo no', description: 'Never run' }).slice(
  0,
  5,
);
const serviceError = exception('error', { message: 'Something went wrong.', reason: null });

/**
 * @typedef {object} Phase where the upstream dies
 * @property {string} name
 * @property {string} title
 * @property {import('../../scripted-model.mjs').Answer[]} dies what upstream does the first times it is asked
 * @property {string[]} heard Claude Code's requests, streaming or not, and how each was answered
 * @property {number} asked how often upstream is asked in all
 * @property {string} [says] Claude Code keeps this text
 * @property {Record<string, string>} [settings] of the gateway
 */

/** One run of a tool, during whose first turn upstream dies. @type {Phase[]} */
const PHASES = [
  {
    name: 'before-its-first-byte',
    title: 'the gateway asks again by itself',
    dies: [{ kind: 'reset' }],
    heard: ['stream: tool_use', 'stream: end_turn'],
    asked: 3,
  },
  {
    name: 'before-its-first-byte-again',
    title: 'Claude Code is told 502 and asks again',
    dies: [{ kind: 'reset' }, stream(reset)],
    heard: ['stream: 502', 'stream: tool_use', 'stream: end_turn'],
    asked: 4,
  },
  {
    name: 'with-an-error-first',
    title: 'the gateway asks again by itself',
    dies: [stream(serviceError)],
    heard: ['stream: tool_use', 'stream: end_turn'],
    asked: 3,
  },
  {
    name: 'after-its-first-text',
    title: 'Claude Code asks again without a stream',
    dies: [stream(text('I begin'), thenReset)],
    heard: ['stream: error', 'json: tool_use', 'stream: end_turn'],
    asked: 3,
  },
  {
    name: 'with-an-error-after-text',
    title: 'Claude Code asks again without a stream',
    dies: [stream(text('I begin'), serviceError)],
    heard: ['stream: error', 'json: tool_use', 'stream: end_turn'],
    asked: 3,
  },
  {
    name: 'after-a-completed-text',
    title: 'the text is kept, Claude Code asks to go on',
    dies: [stream(text('I begin.'), reasoning('Now what?'), thenReset)],
    heard: ['stream: error', 'stream: tool_use', 'stream: end_turn'],
    asked: 3,
    says: 'I begin.',
  },
  {
    name: 'after-thinking-only',
    title: 'Claude Code asks again without a stream',
    dies: [stream(reasoning('Let me see.'), signature('c2lnbmVk'), thenReset)],
    heard: ['stream: error', 'json: tool_use', 'stream: end_turn'],
    asked: 3,
  },
  {
    name: 'after-a-completed-tool-call',
    title: 'the tool runs, the conversation goes on',
    dies: [stream(text('I note it.'), whole, thenReset)],
    heard: ['stream: error', 'stream: end_turn'],
    asked: 2,
    says: 'I note it.',
  },
  {
    name: 'in-the-middle-of-a-tool-call',
    title: 'half a call is never handed on, Claude Code asks again',
    dies: [stream(text('I note it.'), half, thenReset)],
    heard: ['stream: error', 'json: tool_use', 'stream: end_turn'],
    asked: 3,
  },
  {
    name: 'in-the-middle-of-the-second-tool-call',
    title: 'the first call runs, half a call is never handed on',
    dies: [stream(whole, half, thenReset)],
    heard: ['stream: error', 'stream: end_turn'],
    asked: 2,
  },
  {
    name: 'ending-in-the-middle-of-a-tool-call',
    title: 'half a call is never handed on, Claude Code asks to go on',
    dies: [stream(text('I note it.'), half)],
    heard: ['stream: max_tokens', 'stream: tool_use', 'stream: end_turn'],
    asked: 3,
    says: 'I note it.',
  },
  {
    name: 'without-its-tail-after-text',
    title: 'the text is kept, Claude Code asks to go on',
    dies: [stream(text('I begin.'))],
    heard: ['stream: max_tokens', 'stream: tool_use', 'stream: end_turn'],
    asked: 3,
    says: 'I begin.',
  },
  {
    name: 'without-its-tail-after-a-tool-call',
    title: 'nobody notices',
    dies: [stream(whole)],
    heard: ['stream: tool_use', 'stream: end_turn'],
    asked: 2,
  },
  {
    name: 'by-falling-silent',
    title: 'the gateway gives it up, Claude Code asks again without a stream',
    dies: [stream(text('I begin'), pause(60_000))],
    heard: ['stream: error', 'json: tool_use', 'stream: end_turn'],
    asked: 3,
    settings: { UPSTREAM_IDLE_TIMEOUT: '1' },
  },
];

/** @param {Phase} phase @returns {import('../../play-cases.mjs').Case} */
function dying({ name, title, dies, heard, asked, says, settings }) {
  return {
    name: `upstream-dies-${name}`,
    title,

    async play(stage, checks) {
      const model = new ScriptedModel([
        { after: [], asked: PROMPT, first: dies, say: () => whole },
        { after: [], asked: GO_ON, say: () => whole },
        { after: ['tooluse_whole'], say: ([result]) => say(`It is ${result}.`) },
      ]);
      stage.simulator.answer(model.respond);
      await stage.startGateway(settings);
      await stage.listenIn();
      const run = await stage.runClaudeCode({
        prompt: PROMPT,
        allowedTools: ['Bash'],
        environment: await stage.credentials(),
      });

      checks.equal(
        'Claude Code asked, and was answered',
        stage.exchanges.map((exchange) => `${exchange.body.stream ? 'stream' : 'json'}: ${endOf(exchange)}`),
        heard,
      );
      checks.equal('upstream was asked no more than that needs', model.mainTurns.length, asked);
      checks.none('every turn was one of the script', model.unexpected);
      const ran = await readFile(join(stage.workFolder, 'ran.txt'), 'utf8').catch(String);
      checks.equal('the tool ran once, as it was called', ran, 'whole\n');
      const calls = blocksOf(run, 'tool_use').map(({ id, input }) => [id, input.command]);
      checks.equal('no other call reached Claude Code', calls, [
        ['tooluse_whole', 'echo whole >> ran.txt; echo noted'],
      ]);
      if (says) checks.equal('the text before the end was kept', blocksOf(run, 'text')[0]?.text, says);
      checks.equal('the conversation came to its end', run.result?.result, 'It is noted.');
      checkSuccess(checks, run);
      await checkNothingLeft(checks, stage);
      checkNothingOutside(checks, stage);
    },
  };
}

function blocksOf({ events }, type) {
  const blocks = events.filter((event) => event.type === 'assistant').flatMap(({ message }) => message.content);
  return blocks.filter((block) => block.type === type);
}

/** Every attempt fails: it ends, and it is told. */
const forGood = {
  name: 'upstream-dies-for-good',
  title: 'Claude Code gives up after its retries, and upstream was not hammered',

  async play(stage, checks) {
    const retries = 2;
    const model = new ScriptedModel([{ first: Array(100).fill({ kind: 'reset' }), say: () => [] }]);
    stage.simulator.answer(model.respond);
    await stage.startGateway();
    await stage.listenIn();
    const run = await stage.runClaudeCode({
      prompt: PROMPT,
      environment: { ...(await stage.credentials()), CLAUDE_CODE_MAX_RETRIES: String(retries) },
    });

    checks.equal('Claude Code repeated as often as it may', retriesOf(run).length, retries);
    checks.equal('it was told 502 each time', stage.exchanges.map(endOf), Array(1 + retries).fill('502'));
    checks.that('upstream was asked at most twice for each', model.mainTurns.length <= 2 * (1 + retries), {
      asked: model.mainTurns.length,
    });
    checkFailure(checks, run, /502 The connection to the service broke off/);
    await checkNothingLeft(checks, stage);
    checkNothingOutside(checks, stage);
  },
};

export const dyingUpstream = [...PHASES.map(dying), forGood];
