import { homedir, hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { gatewayUrl } from '../gateway-url.js';
import { printJson } from '../print-json.js';
import { keyFor } from '../remote-gateway.js';
import { type Surroundings, UsageError } from '../surroundings.js';
import { ClaudeCodeSettings } from './claude-code-settings.js';
import type { ClientSettings, GatewaySettings } from './client-settings.js';
import { CodexSettings, codexHome } from './codex-settings.js';
import { EnvironmentSettings, environmentFile, readingLine, type Shell, shellOf } from './environment-settings.js';
import { askGateway, type CreatedKey, createKey, modelName, removeKey, unaskedGateway } from './setup-gateway.js';
import { type FileChange, planSetup, undoSetup } from './written-settings.js';

export type Client = 'claude-code' | 'codex' | 'env';

/** As the command line gives them. */
export interface SetupOptions {
  url: string;
  model?: string;
  keyFile?: string;
  /** true: under a name made of the client's and this machine's */
  createKey?: string | true;
  adminUrl?: string;
  /** false: the gateway is not asked whether it knows key and model */
  check: boolean;
  write?: boolean;
  dryRun?: boolean;
  undo?: boolean;
  replace?: boolean;
  json?: boolean;
  /** Codex: where the key goes */
  keyIn?: 'file' | 'env';
  /** `env` */
  shell?: Shell;
  file?: string;
}

/** `amq-gateway client setup …`. @throws UsageError; Error in words for the user */
export async function setupClient(client: Client, options: SetupOptions, surroundings: Surroundings): Promise<void> {
  const { write, dryRun, undo } = options;
  if (write && undo) throw new UsageError('--write and --undo: one of them');
  if (undo) await undoClient(client, options, surroundings);
  else if (write || dryRun) await writeClient(client, options, surroundings);
  else await printClient(client, options, surroundings);
}

async function printClient(client: Client, options: SetupOptions, surroundings: Surroundings): Promise<void> {
  const { output } = surroundings;
  const { gateway, created } = await gatewayFor(client, options, surroundings);
  const settings = settingsOf(client, { keyIn: 'env', ...options }, surroundings, gateway);
  if (options.json) {
    await printJson(output, { client, mode: 'print', ...told(gateway, created), settings: settings.values });
    return;
  }
  await output.print(settings.print());
  if (client !== 'env') output.tell(`For ${settings.path}; --write puts it there`);
  for (const line of settings.advice) output.tell(line);
  if (client === 'codex' && created) output.tell(`  export AMQ_GATEWAY_KEY=${created.key}`);
  tellKey(created, surroundings);
}

async function writeClient(client: Client, options: SetupOptions, surroundings: Surroundings): Promise<void> {
  const { output } = surroundings;
  const isDry = options.dryRun === true;
  // Before there is a key: one that is made for nothing would stay.
  const stand = settingsOf(client, options, surroundings, unaskedGateway(gatewayUrl(options.url), 'amq_not-yet-made'));
  if (options.createKey !== undefined) await planSetup(stand, options.replace === true);

  const { gateway, created, takeBack } = await gatewayFor(client, options, surroundings);
  const settings = settingsOf(client, options, surroundings, gateway);
  try {
    const plan = await planSetup(settings, options.replace === true);
    if (!isDry) await plan.write();
    const notes = [...plan.notes, ...settings.advice];
    if (options.json) {
      const document = {
        client,
        mode: isDry ? 'dry-run' : 'write',
        ...told(gateway, created),
        files: plan.changes,
        notes,
      };
      await printJson(output, document);
      return;
    }
    await output.print(plan.changes.map((change) => `${lineOf(change, isDry)}\n`).join(''));
    for (const note of notes) output.tell(note);
    if (isDry) return;
    const line = client === 'env' ? readingLine(options.shell ?? shellHere(surroundings), settings.path) : undefined;
    if (line) output.tell(`To use it: ${line}`);
    tellKey(created, surroundings);
    output.tell(`${gateway.model} of ${gateway.url} is what it uses; --undo takes it out again`);
  } catch (error) {
    await takeBack();
    throw error;
  }
}

async function undoClient(client: Client, options: SetupOptions, surroundings: Surroundings): Promise<void> {
  const { output } = surroundings;
  const settings = settingsOf(client, options, surroundings);
  const isDry = options.dryRun === true;
  const undone = await undoSetup(settings, keyFilePath(client, surroundings), isDry);
  const { changes = [], notes = [`There is nothing to undo: ${settings.path} has nothing of this command`] } =
    undone ?? {};
  if (options.json) {
    await printJson(output, { client, mode: isDry ? 'dry-run' : 'undo', files: changes, notes });
    return;
  }
  await output.print(changes.map((change) => `${lineOf(change, isDry)}\n`).join(''));
  for (const note of notes) output.tell(note);
  if (undone && !isDry) output.tell('A key that was made for it still works: `amq-gateway keys list`, `keys revoke`');
}

interface GivenGateway {
  gateway: GatewaySettings;
  created: CreatedKey | undefined;
  /** Revokes the key that was made. */
  takeBack(): Promise<void>;
}

async function gatewayFor(client: Client, options: SetupOptions, surroundings: Surroundings): Promise<GivenGateway> {
  const url = gatewayUrl(options.url);
  const model = options.model === undefined ? undefined : modelName(options.model);
  const given = await keyFor(options.keyFile, surroundings);
  if (given === undefined) {
    throw new UsageError(
      'No key of the gateway: set AMQ_GATEWAY_KEY, or name a file by --key-file (- is standard input)',
    );
  }
  // A key with every right is no key for a client; it may look, though.
  const isMade = options.createKey !== undefined;
  const gateway = options.check ? await askGateway(url, given, model, surroundings) : unaskedGateway(url, given, model);
  if (!isMade || options.dryRun) return { gateway, created: undefined, takeBack: async () => undefined };

  const adminUrl = options.adminUrl === undefined ? url : gatewayUrl(options.adminUrl);
  const name = options.createKey === true ? `${client} on ${hostname()}`.slice(0, 100) : (options.createKey ?? client);
  const created = await createKey(adminUrl, given, name, surroundings);
  return {
    gateway: { ...gateway, key: created.key },
    created,
    takeBack: async () => {
      const isGone = await removeKey(adminUrl, given, created, surroundings);
      if (!isGone) surroundings.output.tell(`The key ${created.id} was made and not used: revoke it`);
    },
  };
}

function settingsOf(
  client: Client,
  { keyIn = 'file', shell, file }: SetupOptions,
  surroundings: Surroundings,
  gateway?: GatewaySettings,
): ClientSettings {
  const { environment, folder } = surroundings;
  const home = environment.HOME || homedir();
  switch (client) {
    case 'claude-code':
      return new ClaudeCodeSettings(home, environment, gateway);
    case 'codex': {
      const path = keyFilePath(client, surroundings);
      const key = gateway && path && keyIn === 'file' ? ({ in: 'file', path, key: gateway.key } as const) : undefined;
      return new CodexSettings(resolve(folder, codexHome(home, environment)), process.platform, gateway, key);
    }
    case 'env': {
      const chosen = shell ?? shellHere(surroundings);
      const path = file === undefined ? environmentFile(home, environment, chosen) : resolve(folder, file);
      return new EnvironmentSettings(path, chosen, gateway);
    }
  }
}

function keyFilePath(client: Client, { environment, folder }: Surroundings): string | undefined {
  if (client !== 'codex') return undefined;
  return join(resolve(folder, codexHome(environment.HOME || homedir(), environment)), 'amq-gateway.key');
}

function shellHere({ environment }: Surroundings): Shell {
  return shellOf(environment, process.platform);
}

function told(gateway: GatewaySettings, created: CreatedKey | undefined) {
  return {
    url: gateway.url,
    model: gateway.model,
    createdKey: created ? { id: created.id, name: created.name } : null,
  };
}

function tellKey(created: CreatedKey | undefined, { output }: Surroundings): void {
  if (created) output.tell(`A key was made for it: ${created.name} (${created.id})`);
}

const DONE: Record<FileChange['change'], string> = {
  created: 'created  ',
  changed: 'changed  ',
  unchanged: 'unchanged',
  removed: 'removed  ',
  restored: 'restored ',
};

function lineOf({ path, change, backup }: FileChange, isDry: boolean): string {
  return `${isDry ? 'would be ' : ''}${DONE[change]} ${path}${backup && !isDry ? ` (before: ${backup})` : ''}`;
}
