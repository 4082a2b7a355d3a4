import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { call, ScriptedModel, say } from '../../scripted-model.mjs';
import { checkCleanRun } from '../check-clean-run.mjs';

const SCHEMA = {
  type: 'object',
  properties: { city: { type: 'string' }, degrees: { type: 'integer' } },
  required: ['city', 'degrees'],
  additionalProperties: false,
};
const CHATTY = 'Here you are:\n\n```json\n{"city": "Oslo", "degrees": -4}\n```\nIt is cold!';

/** The model calls a tool, then says more than it was asked to; the JSON comes of it. */
export const outputSchema = {
  name: 'output-schema',
  title: '--output-schema: the JSON and nothing else, whatever the model wraps it in',

  async play(stage, checks) {
    await writeFile(join(stage.workFolder, 'schema.json'), JSON.stringify(SCHEMA));
    const model = new ScriptedModel([
      { after: [], say: () => call('tooluse_echo', 'exec_command', { cmd: 'echo -4' }) },
      { after: ['call_echo'], say: () => say(CHATTY) },
    ]);
    stage.simulator.answer(model.respond);
    await stage.startGateway();
    await stage.listenIn();
    const run = await stage.runCodex({ prompt: 'How cold is it?', args: ['--output-schema', 'schema.json'] });

    checks.equal(
      'Codex asks for JSON of the schema',
      stage.exchanges.map(({ body }) => [body.text?.format.type, body.text?.format.schema]),
      Array(2).fill(['json_schema', SCHEMA]),
    );
    checks.equal('it gets the JSON', parsed(run.answer), { city: 'Oslo', degrees: -4 });
    await checkCleanRun(checks, { stage, model, runs: [run] }, { turns: 2 });
  },
};

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
