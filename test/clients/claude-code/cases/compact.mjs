import { checkCleanStage } from '../../check-clean-stage.mjs';
import { checkNothingOutside } from '../../check-nothing-left.mjs';
import { call, newestMessage, offeredTools, ScriptedModel, say } from '../../scripted-model.mjs';
import { checkSuccess } from '../check-claude-code.mjs';

export const SUMMARY_REQUEST = 'Your task is to create a detailed summary of the conversation so far';
const SUMMARY = '<analysis>Short.</analysis>\n<summary>The user wants to know about the pelican.</summary>';

/** A conversation with a tool is summarised on request and goes on from the summary. */
export const compact = {
  name: 'compact',
  title: '/compact, then the conversation goes on from the summary',

  async play(stage, checks) {
    const model = new ScriptedModel([
      { asked: SUMMARY_REQUEST, say: () => say(SUMMARY) },
      { after: [], asked: 'What came of it?', say: () => say('It goes on.') },
      { after: [], say: () => call('tooluse_bash', 'Bash', { command: 'echo pelican', description: 'Name a bird' }) },
      { after: ['tooluse_bash'], say: () => say('A pelican.') },
    ]);
    stage.simulator.answer(model.respond);
    await stage.startGateway();
    const environment = await stage.credentials();
    const talk = (prompt, args) => stage.runClaudeCode({ prompt, args, environment, allowedTools: ['Bash'] });
    const first = await talk('Name a bird.', []);
    const session = ['--resume', String(first.result?.session_id)];
    const compaction = await talk('/compact', session);
    const next = await talk('What came of it?', session);

    const [, , summarised, followUp] = model.mainTurns;
    checks.equal(
      'the summary is asked for with the tools of the turn before',
      offeredTools(summarised),
      offeredTools(model.mainTurns[1]),
    );
    checks.equal(
      'Claude Code took the summary',
      compaction.events.filter(({ compact_result: outcome }) => outcome).map((event) => event.compact_result),
      ['success'],
    );
    const { history = [] } = followUp?.body.conversationState ?? {};
    checks.that(
      'the next turn knows the summary and no more of what came before',
      JSON.stringify([history, newestMessage(followUp).content]).includes('know about the pelican'),
    );
    checks.that('the tool call before it is gone', !JSON.stringify(history).includes('tooluse_bash'), history);
    checks.equal('the conversation goes on', next.result?.result, 'It goes on.');
    for (const run of [first, compaction, next]) checkSuccess(checks, run);
    await checkCleanStage(checks, { stage, model }, { turns: 4 });
    checkNothingOutside(checks, stage);
  },
};
