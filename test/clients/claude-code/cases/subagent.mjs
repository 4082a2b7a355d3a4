import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { call, offeredTools, ScriptedModel, say } from '../../scripted-model.mjs';
import { checkCleanRun } from '../check-clean-run.mjs';

const MAIN_PROMPT = 'Let an agent find out what secret.txt says.';
const AGENT_PROMPT = 'Read secret.txt and report the word in it.';

/** The main conversation starts an agent, the agent reads a file with its own tools, its report returns. */
export const subagent = {
  name: 'subagent',
  title: 'an agent reads a file, its report returns to the main conversation',

  async play(stage, checks) {
    const word = `secret-${randomBytes(6).toString('hex')}`;
    const file = join(stage.workFolder, 'secret.txt');
    await writeFile(file, `${word}\n`);
    const model = new ScriptedModel([
      { after: [], asked: AGENT_PROMPT, say: () => call('tooluse_agent_read', 'Read', { file_path: file }) },
      { after: ['tooluse_agent_read'], say: ([result]) => say(`The file says ${wordIn(result)}.`) },
      {
        after: [],
        asked: MAIN_PROMPT,
        say: () =>
          call('tooluse_agent', 'Agent', {
            description: 'Read the secret',
            prompt: AGENT_PROMPT,
            subagent_type: 'Explore',
            run_in_background: false,
          }),
      },
      { after: ['tooluse_agent'], say: ([result]) => say(`The agent found ${wordIn(result)}.`) },
    ]);
    stage.simulator.answer(model.respond);
    await stage.startGateway();
    await stage.listenIn();
    const run = await stage.runClaudeCode({
      prompt: MAIN_PROMPT,
      allowedTools: ['Read', 'Agent'],
      environment: await stage.credentials(),
    });

    const agents = stage.exchanges.map(({ headers }) => headers['x-claude-code-agent-id']);
    checks.equal('two of the four turns are of one agent', agents.map(Boolean), [false, true, true, false]);
    checks.equal('both of the same', agents[1], agents[2]);
    const [main, ofAgent] = model.mainTurns.map(offeredTools);
    checks.that('the agent has tools of its own', ofAgent?.includes('Read') && !ofAgent.includes('Agent'), ofAgent);
    checks.that('the main conversation has its own', main?.includes('Agent'), main);
    checks.equal('its report came back', run.result?.result, `The agent found ${word}.`);
    await checkCleanRun(checks, { stage, model, run }, { turns: 4 });
  },
};

function wordIn(result) {
  return /secret-[0-9a-f]{12}/.exec(result)?.[0] ?? `nothing of the kind: ${result}`;
}
