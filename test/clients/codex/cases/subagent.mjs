import { call, offeredTools, ScriptedModel, say } from '../../scripted-model.mjs';
import { checkCleanRun } from '../check-clean-run.mjs';

const MAIN_PROMPT = 'Let an agent find out.';
const AGENT_PROMPT = 'Find out, and report.';
const NAMESPACE = 'multi_agent_v1__';

/** The main conversation starts an agent and waits for it; both have tools in a namespace of Codex' own. */
export const subagent = {
  name: 'subagent',
  title: 'an agent is started and waited for, its report returns to the main conversation',

  async play(stage, checks) {
    const model = new ScriptedModel([
      { after: [], asked: AGENT_PROMPT, say: () => say('The report of the agent.') },
      {
        after: [],
        asked: MAIN_PROMPT,
        say: () => call('tooluse_spawn', `${NAMESPACE}spawn_agent`, { message: AGENT_PROMPT }),
      },
      {
        after: ['call_spawn'],
        say: ([result]) => call('tooluse_wait', `${NAMESPACE}wait_agent`, { targets: [agentIn(result)] }),
      },
      { after: ['call_wait'], say: () => say('The agent found out.') },
    ]);
    stage.simulator.answer(model.respond);
    await stage.startGateway();
    await stage.listenIn();
    const run = await stage.runCodex({ prompt: MAIN_PROMPT });

    const threads = new Set(stage.exchanges.map(({ headers }) => headers['thread-id']));
    checks.equal('the agent is a thread of its own', threads.size, 2);
    checks.that(
      'upstream is offered the tools for agents',
      offeredTools(model.mainTurns[0]).includes(`${NAMESPACE}spawn_agent`),
    );
    const agents = run.items.filter(({ type }) => type === 'collab_tool_call').flatMap((item) => statesOf(item));
    checks.equal('its report came back', agents.at(-1)?.message, 'The report of the agent.');
    checks.equal('the main conversation goes on', run.answer, 'The agent found out.');
    await checkCleanRun(checks, { stage, model, runs: [run] }, { turns: 4, conversations: 2 });
  },
};

function agentIn(result) {
  return /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/.exec(result)?.[0] ?? result;
}

function statesOf({ agents_states: states }) {
  return Object.values(states);
}
