import { errorOf } from '../../read-answer.mjs';
import { call, newestMessage, ScriptedModel, say } from '../../scripted-model.mjs';
import { checkCleanRun } from '../check-clean-run.mjs';
import { endOf, itemsOf } from '../read-responses-answer.mjs';

const PROMPT = 'Name a bird, then go on.';
const SUMMARY = 'The user wants to know about the pelican.';
/** Reached by the first turn, and by no other: Codex compacts between the command and the next request. */
const LIMIT = 50_000;
const OVER_THE_LIMIT = 60_000;

const firstTurn = {
  after: [],
  asked: PROMPT,
  inputTokens: OVER_THE_LIMIT,
  say: () => call('tooluse_bird', 'exec_command', { cmd: 'echo pelican' }),
};
const configuration = { model_auto_compact_token_limit: LIMIT };

/** Codex asks a provider of the user's for a summary in its own words (openai.md §11). */
export const compact = {
  name: 'compact',
  title: 'a conversation over its limit is summarised, and goes on from the summary',

  async play(stage, checks) {
    const model = new ScriptedModel([
      { asked: 'CONTEXT CHECKPOINT COMPACTION', withoutTools: true, say: () => say(SUMMARY) },
      { after: [], asked: SUMMARY, say: () => say('It goes on.') },
      firstTurn,
    ]);
    stage.simulator.answer(model.respond);
    await stage.startGateway();
    await stage.listenIn();
    const run = await stage.runCodex({ prompt: PROMPT, configuration });

    checks.equal(
      'the summary is asked for without tools',
      stage.exchanges.map(({ body }) => body.tools.length > 0),
      [true, false, true],
    );
    await checkGoesOn(checks, { stage, model, run }, { turns: 3 });
  },
};

/** Of its own provider Codex expects a blob, and tries a WebSocket before anything else. */
export const compactBuiltIn = {
  name: 'compact-built-in',
  title: 'in the place of the built-in provider: no WebSocket, then the same with a compaction item',

  async play(stage, checks) {
    const model = new ScriptedModel([
      { after: [], asked: SUMMARY, say: () => say('It goes on.') },
      firstTurn,
      // The words of the request are the gateway's own.
      { after: ['call_bird'], withoutTools: true, say: () => say(SUMMARY) },
      { after: [], withoutTools: true, say: () => say(SUMMARY) },
    ]);
    stage.simulator.answer(model.respond);
    await stage.startGateway();
    await stage.listenIn();
    const run = await stage.runCodexAsBuiltIn({ prompt: PROMPT, configuration });

    checks.equal(
      'a WebSocket is refused once, then it is HTTP',
      stage.exchanges.map((exchange) => `${exchange.method} ${endOf(exchange)}`),
      ['GET 426', 'POST completed', 'POST completed', 'POST completed'],
    );
    const [upgrade, , compaction, next] = stage.exchanges;
    checks.equal('refused as any request is', typeof errorOf(upgrade).code, 'string');
    checks.equal('Codex asks for a compaction', compaction?.body.input.at(-1)?.type, 'compaction_trigger');
    const items = itemsOf(compaction);
    checks.equal(
      'it gets that one item',
      items.map(({ type }) => type),
      ['compaction'],
    );
    const sent = next?.body.input.filter(({ type }) => type === 'compaction');
    checks.equal(
      'and sends it in the place of what it stands for',
      [sent?.map((item) => item.encrypted_content), next?.body.input.some(({ type }) => type === 'function_call')],
      [[items[0]?.encrypted_content], false],
    );
    await checkGoesOn(checks, { stage, model, run }, { turns: 3, refused: 1 });
  },
};

async function checkGoesOn(checks, { stage, model, run }, asked) {
  const { content } = newestMessage(model.mainTurns[2]);
  const said = JSON.stringify(model.mainTurns[2]?.body.conversationState ?? {});
  checks.that('the next turn knows the summary', said.includes(SUMMARY), content);
  checks.that('the command before it is gone', !said.includes('call_bird'), said);
  checks.equal('the conversation goes on', run.answer, 'It goes on.');
  await checkCleanRun(checks, { stage, model, runs: [run] }, asked);
}
