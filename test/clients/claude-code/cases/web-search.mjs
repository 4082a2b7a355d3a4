import { eventsOf } from '../../read-answer.mjs';
import { broughtResults, call, ScriptedModel, say } from '../../scripted-model.mjs';
import { checkCleanRun } from '../check-clean-run.mjs';

/** Claude Code has the API search; the gateway can't, says so in the API's own way, and the conversation goes on. */
export const webSearch = {
  name: 'web-search',
  title: 'a web search is answered as unavailable, and the conversation goes on',

  async play(stage, checks) {
    const model = new ScriptedModel([
      { after: [], say: () => call('tooluse_search', 'WebSearch', { query: 'pelican migration' }) },
      { after: ['tooluse_search'], say: () => say('I could not search.') },
    ]);
    stage.simulator.answer(model.respond);
    await stage.startGateway();
    await stage.listenIn();
    const run = await stage.runClaudeCode({
      prompt: 'Where do pelicans go?',
      allowedTools: ['WebSearch'],
      // Otherwise the model would have to look for the tool first.
      environment: { ...(await stage.credentials()), ENABLE_TOOL_SEARCH: 'false' },
    });

    checks.equal(
      'Claude Code asks in a request of its own',
      stage.exchanges.map(({ body }) => body.tools.map(({ type }) => type).includes('web_search_20250305')),
      [false, true, false],
    );
    const blocks = eventsOf(stage.exchanges[1] ?? { answer: '' }).flatMap(({ content_block: block }) => block ?? []);
    checks.equal(
      'it gets the blocks of a search, without results',
      blocks.map(({ type, content }) => [type, content?.error_code]),
      [
        ['server_tool_use', undefined],
        ['web_search_tool_result', 'unavailable'],
        ['text', undefined],
      ],
    );
    const result = broughtResults(model.mainTurns[1]).tooluse_search;
    checks.that('the model reads that there are none', /unavailable/.test(result), result);
    checks.equal('the conversation goes on', run.result?.result, 'I could not search.');
    await checkCleanRun(checks, { stage, model, run }, { turns: 2, unsent: 1 });
  },
};
