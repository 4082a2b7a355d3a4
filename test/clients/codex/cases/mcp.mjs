import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { broughtResults, call, offeredTools, ScriptedModel, say } from '../../scripted-model.mjs';
import { checkCleanRun } from '../check-clean-run.mjs';
import { itemsOf } from '../read-responses-answer.mjs';

const TOOL = 'mcp__words__look_up';
const wordServer = fileURLToPath(new URL('../../word-server.mjs', import.meta.url));

/** The tools of an MCP server are a namespace (openai.md §6). */
export const mcp = {
  name: 'mcp',
  title: 'a tool of an MCP server is offered, called and answers',

  async play(stage, checks) {
    const { word, configuration } = server();
    const model = new ScriptedModel([
      { after: [], say: () => call('tooluse_word', TOOL, { day: 'today' }) },
      { after: ['call_word'], say: ([result]) => say(`It is ${wordIn(result)}.`) },
    ]);
    stage.simulator.answer(model.respond);
    await stage.startGateway();
    await stage.listenIn();
    const run = await stage.runCodex({ prompt: 'What is the word of the day?', configuration });

    const namespaces = stage.exchanges[0]?.body.tools.filter(({ type }) => type === 'namespace');
    checks.that(
      'Codex offers the server as a namespace',
      namespaces?.some(({ name }) => name === 'mcp__words'),
      namespaces,
    );
    checks.that('upstream is offered its tool', offeredTools(model.mainTurns[0]).includes(TOOL));
    checks.equal('Codex gets the call, its name and namespace apart', itemsOf(stage.exchanges[0]).map(essence), [
      ['function_call', 'mcp__words', 'look_up'],
    ]);
    checks.equal('the answer has what the tool said', run.answer, `It is ${word}.`);
    await checkCleanRun(checks, { stage, model, runs: [run] }, { turns: 2 });
  },
};

/** Under the name of a GPT model Codex leaves the tools of servers out, until the model searched for them. */
export const toolSearch = {
  name: 'tool-search',
  title: 'tool_search finds a tool of an MCP server, which then runs',

  async play(stage, checks) {
    const { word, configuration } = server();
    const model = new ScriptedModel([
      { after: [], say: () => call('tooluse_search', 'tool_search', { query: 'word of the day' }) },
      { after: ['call_search'], say: () => call('tooluse_word', TOOL, { day: 'today' }) },
      { after: ['call_word'], say: ([result]) => say(`It is ${wordIn(result)}.`) },
    ]);
    stage.simulator.answer(model.respond);
    await stage.startGateway();
    await stage.listenIn();
    const run = await stage.runCodex({ prompt: 'What is the word of the day?', model: 'gpt-5.5', configuration });

    checks.equal(
      'upstream is offered the tool once it was found',
      model.mainTurns.map((turn) => offeredTools(turn).includes(TOOL)),
      [false, true, true],
    );
    checks.equal('Codex gets the search as one', itemsOf(stage.exchanges[0]).map(essence), [
      ['tool_search_call', undefined, undefined],
    ]);
    const found = broughtResults(model.mainTurns[1]).call_search;
    checks.that('upstream reads what was found', found?.includes('look_up'), found);
    checks.equal('the answer has what the tool said', run.answer, `It is ${word}.`);
    await checkCleanRun(checks, { stage, model, runs: [run] }, { turns: 3 });
  },
};

function server() {
  const word = `word-${randomBytes(6).toString('hex')}`;
  return {
    word,
    configuration: { 'mcp_servers.words.command': process.execPath, 'mcp_servers.words.args': [wordServer, word] },
  };
}

function wordIn(result) {
  return /word-[0-9a-f]{12}/.exec(result)?.[0] ?? result;
}

function essence({ type, namespace, name }) {
  return [type, namespace, name];
}
