import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { readImportFiles } from '../accounts/import/read-import-files.js';
import { formatImport } from './format-import.js';
import { formatTable } from './format-table.js';
import type { Accounts } from './gateway-accounts.js';
import { LocalAccounts } from './local-accounts.js';
import { RemoteAccounts } from './remote-accounts.js';

type Environment = Record<string, string | undefined>;

const HELP = `npm run accounts -- COMMAND

  import FILE…          adds accounts, and updates those that are there
                        FILE: JSON of our export, of AWS' SSO cache, of Kiro, or a list of any of these;
                        data.sqlite3 of the Amazon Q CLI or the Kiro CLI; or a folder such as ~/.aws/sso/cache
    --json              prints the result as JSON
  export                prints all accounts as JSON that can be imported again
    --include-secrets   with refresh tokens, client secrets and keys, in plain text
    --output FILE       writes a new file that only its owner can read
  list                  shows the accounts
    --json

  --url URL             asks a running gateway instead of the database; AMQ_GATEWAY_KEY is the key for it
  --help

Without --url it works on the database of the service, whether that runs or not: settings are read as the service reads
them (DATABASE_URL or DATABASE_PATH, ENCRYPTION_KEY, .env of the working directory). A service that runs sees what was
imported within five seconds. The status is 1 when an entry could not be imported.
`;

const OPTIONS = {
  url: { type: 'string' },
  json: { type: 'boolean', default: false },
  'include-secrets': { type: 'boolean', default: false },
  output: { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

export interface CommandOutput {
  /** The result: standard output, as it is. Resolves when it is taken. */
  print(text: string): Promise<void>;
  /** Advice, a line each: standard error. */
  tell(text: string): void;
  /** Progress, each in the place of the last; nothing where nobody looks. */
  show(text: string): void;
}

/**
 * @param args what stands behind `npm run accounts --`
 * @returns the process' status
 * @throws Error in words for the operator
 */
export async function accountsCommand(
  args: readonly string[],
  environment: Environment,
  output: CommandOutput,
): Promise<number> {
  const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  const [command, ...files] = positionals;
  if (values.help || command === undefined) {
    await output.print(HELP);
    return values.help ? 0 : 1;
  }
  if (!['import', 'export', 'list'].includes(command) || (command !== 'import' && files.length > 0)) {
    throw new Error(`There is no command \`${positionals.join(' ')}\`: import FILE…, export or list (--help)`);
  }
  if (command === 'import' && files.length === 0) throw new Error('Which files? import FILE… (--help)');

  if (values.url !== undefined && isPlainAndAfar(values.url)) {
    output.tell(`${values.url} is not encrypted: whoever is in between reads keys and tokens`);
  }
  // npm changes to the project's folder first.
  const paths = files.map((file) => resolve(environment.INIT_CWD ?? '.', file));
  const accounts: Accounts =
    values.url === undefined ? await LocalAccounts.open(environment) : RemoteAccounts.at(values.url, environment);
  try {
    if (command === 'import') return await importFiles(accounts, paths, values.json, output);
    if (command === 'export') {
      const path = values.output === undefined ? undefined : resolve(environment.INIT_CWD ?? '.', values.output);
      await exportAccounts(accounts, values['include-secrets'], path, output);
    } else {
      await listAccounts(accounts, values.json, output);
    }
    return 0;
  } finally {
    await accounts.close();
  }
}

function isPlainAndAfar(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  return protocol === 'http:' && !/^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
}

async function importFiles(
  accounts: Accounts,
  paths: readonly string[],
  json: boolean,
  output: CommandOutput,
): Promise<number> {
  const { sources, ignored } = await readImportFiles(paths, new Date());
  for (const { file, reason } of ignored) output.tell(`${file}: ${reason}; left out`);
  output.tell(`Importing into ${accounts.name}`);
  const result = await accounts.import(sources, (done, total) => output.show(`${done} of ${total}`));
  output.show('');
  await output.print(json ? `${JSON.stringify(result, null, 2)}\n` : formatImport(result));
  return result.errors.length > 0 ? 1 : 0;
}

async function exportAccounts(
  accounts: Accounts,
  includeSecrets: boolean,
  path: string | undefined,
  output: CommandOutput,
): Promise<void> {
  if (path === undefined) {
    for await (const text of await accounts.export(includeSecrets)) await output.print(text);
    return;
  }
  // `wx`: nothing is overwritten, and nobody who has the old file open reads along.
  await using file = await open(path, 'wx', 0o600);
  for await (const text of await accounts.export(includeSecrets)) await file.appendFile(text);
  output.tell(`Written to ${path}`);
}

async function listAccounts(accounts: Accounts, json: boolean, output: CommandOutput): Promise<void> {
  const listed = await accounts.list();
  if (json) {
    await output.print(`${JSON.stringify({ data: listed }, null, 2)}\n`);
    return;
  }
  const rows = listed.map(({ id, label, provider, enabled, status, statusReason }) => [
    id,
    label,
    provider,
    enabled ? status : 'disabled',
    enabled ? (statusReason ?? '') : '',
  ]);
  await output.print(formatTable([['id', 'label', 'provider', 'status', 'reason'], ...rows]));
}
