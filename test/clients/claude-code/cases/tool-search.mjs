import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { broughtResults, call, offeredTools, ScriptedModel, say } from '../../scripted-model.mjs';
import { checkCleanRun } from '../check-clean-run.mjs';

const TOOL = 'mcp__words__look_up';
const wordServer = fileURLToPath(new URL('../../word-server.mjs', import.meta.url));

/** A tool that was left out of the request is searched for, found, offered and called. */
export const toolSearch = {
  name: 'tool-search',
  title: 'ToolSearch finds a deferred tool of an MCP server, which then runs',

  async play(stage, checks) {
    const word = `word-${randomBytes(6).toString('hex')}`;
    const model = new ScriptedModel([
      { after: [], say: () => call('tooluse_search', 'ToolSearch', { query: `select:${TOOL}`, max_results: 5 }) },
      { after: ['tooluse_search'], say: () => call('tooluse_word', TOOL, { day: 'today' }) },
      { after: ['tooluse_word'], say: ([result]) => say(`It is ${/word-[0-9a-f]{12}/.exec(result)?.[0] ?? result}.`) },
    ]);
    stage.simulator.answer(model.respond);
    await stage.startGateway();
    await stage.listenIn();
    const mcpServers = { words: { command: process.execPath, args: [wordServer, word] } };
    const run = await stage.runClaudeCode({
      prompt: 'What is the word of the day?',
      allowedTools: [TOOL, 'ToolSearch'],
      args: ['--mcp-config', JSON.stringify({ mcpServers }), '--strict-mcp-config'],
      environment: await stage.credentials(),
    });

    checkSent(checks, stage.exchanges);
    checks.equal(
      'upstream is offered the tool once it was found',
      model.mainTurns.map((turn) => offeredTools(turn).includes(TOOL)),
      [false, true, true],
    );
    checks.none(
      'upstream is never offered the placeholder',
      model.mainTurns.map(offeredTools).filter((tools) => tools.includes('DeferredToolPlaceholder')),
    );
    const found = broughtResults(model.mainTurns[1]).tooluse_search;
    checks.that('upstream reads as text what was found', found?.includes(TOOL), found);
    checks.equal('the answer has what the tool said', run.result?.result, `It is ${word}.`);
    await checkCleanRun(checks, { stage, model, run }, { turns: 3 });
  },
};

/** Otherwise the case would show nothing. */
function checkSent(checks, exchanges) {
  const deferred = ({ body }) =>
    body.tools
      .filter((tool) => tool.defer_loading)
      .map(({ name }) => name)
      .sort();
  checks.equal('Claude Code defers a placeholder, and the tool as soon as it was found', exchanges.map(deferred), [
    ['DeferredToolPlaceholder'],
    ['DeferredToolPlaceholder', TOOL],
    ['DeferredToolPlaceholder', TOOL],
  ]);
  const parts = exchanges[1]?.body.messages
    .flatMap(({ content }) => content)
    .flatMap((block) => (block.type === 'tool_result' ? block.content : []));
  checks.equal(
    'it sends what was found as a tool_reference',
    parts?.map(({ type, tool_name: name }) => [type, name]),
    [['tool_reference', TOOL]],
  );
}
