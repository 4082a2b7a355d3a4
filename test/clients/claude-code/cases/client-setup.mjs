import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ScriptedModel, say } from '../../scripted-model.mjs';
import { checkSetup, setUpClient } from '../../set-up-client.mjs';
import { checkCleanRun } from '../check-clean-run.mjs';
import { claudeCodeEnvironment } from '../claude-code-environment.mjs';
import { runClaudeCode } from '../run-claude-code.mjs';

const OWN = '{\r\n    "permissions": {"allow": []},\r\n    "env": { "OF_MINE": "stays" }\r\n}';

/** Nothing in the environment leads to the gateway: only what the command wrote does. */
export const clientSetup = {
  name: 'client-setup',
  title: 'client setup claude-code: what it writes is all that Claude Code needs, and --undo leaves no trace',

  async play(stage, checks) {
    const model = new ScriptedModel([{ after: [], say: () => say('I am set up.') }]);
    stage.simulator.answer(model.respond);
    await stage.startGateway();
    await stage.listenIn();
    const environment = await claudeCodeEnvironment(stage.folder, {});
    const folder = environment.CLAUDE_CONFIG_DIR;
    await mkdir(folder, { recursive: true });
    const settings = join(folder, 'settings.json');
    await writeFile(settings, OWN);
    const args = ['claude-code', '--url', stage.gateway.url, '--model', 'claude-sonnet-4-5'];

    const setup = await setUpClient(stage, [...args, '--create-key', '--no-check', '--write'], environment);
    checkSetup(checks, 'the setup', setup, ['changed']);
    // What Claude Code and the gateway say to each other is listened to.
    const written = await readFile(settings, 'utf8');
    checks.that('what was there stays as it was', written.startsWith(OWN.slice(0, OWN.indexOf(' }'))), written);
    await writeFile(settings, written.replace(stage.gateway.url, stage.baseUrl));
    const run = await runClaudeCode({
      program: stage.options.program,
      folder: stage.folder,
      workFolder: stage.workFolder,
      prompt: 'Are you set up?',
      environment: stage.outside.environment,
    });
    checks.equal('Claude Code answers', run.result?.result, 'I am set up.');
    checks.equal(
      'it asks for the model that was set up, with the key that was made',
      stage.exchanges.map(({ body, headers }) => [body?.model, headers.authorization?.startsWith('Bearer amq_')]),
      [['claude-sonnet-4-5', true]],
    );
    await writeFile(settings, written);

    checkSetup(checks, 'undoing', await setUpClient(stage, ['claude-code', '--undo'], environment), ['restored']);
    checks.equal('the file is as it was, byte by byte', await readFile(settings, 'utf8'), OWN);
    checks.none(
      'nothing else of it is left',
      (await readdir(folder)).filter((name) => name.includes('amq-gateway')),
    );
    await checkCleanRun(checks, { stage, model, run }, { turns: 1 });
  },
};
