import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkCleanStage } from '../../check-clean-stage.mjs';
import { checkNothingOutside } from '../../check-nothing-left.mjs';
import { runProgram } from '../../run-program.mjs';
import { ScriptedModel, say } from '../../scripted-model.mjs';
import { checkSetup, setUpClient } from '../../set-up-client.mjs';
import { codexEnvironment } from '../codex-environment.mjs';

const OWN = `# What I like
approval_policy = "never"   # nobody is there
sandbox_mode = "danger-full-access"
check_for_update_on_startup = false

[features]   # more of them
apps = false

[analytics]
enabled = false

[feedback]
enabled = false

[otel]
exporter = "none"
trace_exporter = "none"
metrics_exporter = "none"`;

/** Nothing in the environment or on the command line leads to the gateway: only what the command wrote does. */
export const clientSetup = {
  name: 'client-setup',
  title: 'client setup codex: what it writes is all that Codex needs, and --undo leaves no trace',

  async play(stage, checks) {
    const model = new ScriptedModel([{ after: [], say: () => say('I am set up.') }]);
    stage.simulator.answer(model.respond);
    await stage.startGateway();
    await stage.listenIn();
    const environment = await codexEnvironment(stage.folder, stage.outside.environment);
    const settings = join(environment.CODEX_HOME, 'config.toml');
    await writeFile(settings, OWN);
    const args = ['codex', '--url', stage.gateway.url, '--create-key', '--write'];

    checkSetup(checks, 'the setup', await setUpClient(stage, args, environment), ['changed', 'created']);
    // What Codex and the gateway say to each other is listened to.
    const written = await readFile(settings, 'utf8');
    await writeFile(settings, written.replaceAll(stage.gateway.url, stage.baseUrl));
    const options = ['exec', '--json', '--skip-git-repo-check', '--strict-config'];
    const run = await runProgram(stage.options.program, [...options, '--', 'Are you set up?'], {
      folder: stage.workFolder,
      environment,
    });
    await stage.keep('codex.jsonl', run.stdout);
    checks.that('Codex exits with 0', run.exitCode === 0, run);
    const said = run.events.filter(({ type }) => type === 'item.completed').map(({ item }) => item);
    checks.equal(
      'Codex answers, and misses nothing about the model',
      said.map(({ type, text, message }) => [type, text ?? message]),
      [['agent_message', 'I am set up.']],
    );
    checks.equal(
      'it asks for the catalogue and for the turn, with the key that was made',
      stage.exchanges.map(({ method, headers }) => [method, headers.authorization?.startsWith('Bearer amq_')]),
      [
        ['GET', true],
        ['POST', true],
      ],
    );
    await writeFile(settings, written);

    const undone = await setUpClient(stage, ['codex', '--undo'], environment);
    checkSetup(checks, 'undoing', undone, ['restored', 'removed']);
    checks.equal('the file is as it was, byte by byte', await readFile(settings, 'utf8'), OWN);
    checks.none(
      'nothing else of it is left',
      (await readdir(environment.CODEX_HOME)).filter((name) => name.includes('amq-gateway')),
    );
    await checkCleanStage(checks, { stage, model }, { turns: 1 });
    checkNothingOutside(checks, stage);
  },
};
