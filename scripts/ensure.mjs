// Makes the checkout ready before a command of package.json runs: installs when the lockfile changed, and with the
// argument `build` compiles when a source is newer than the last build. Runs on the machine's own Node, so it uses
// nothing that is installed and nothing newer than Node 20.19.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const OLDEST_NODE = [24, 15];
const SOURCES = [
  'src',
  'simulator',
  'bench',
  'test/property',
  'test/soak',
  'test/docs',
  'test/support',
  'migrations',
  'ormconfig.ts',
  'nest-cli.json',
  'tsconfig.json',
  'tsconfig.build.json',
];

const root = fileURLToPath(new URL('..', import.meta.url));
const inRoot = (...parts) => join(root, ...parts);
const installedStamp = inRoot('node_modules', '.installed-lockfile');
const builtStamp = inRoot('dist', '.built');

installWhenLockfileChanged();
requireNode();
if (process.argv.includes('build')) buildWhenSourcesAreNewer();

function installWhenLockfileChanged() {
  const lockfile = createHash('sha256')
    .update(readFileSync(inRoot('package-lock.json')))
    .digest('hex');
  if (existsSync(installedStamp) && readFileSync(installedStamp, 'utf8') === lockfile) return;
  step('Installing packages (once, one to three minutes: the SQLite driver may have to be compiled)');
  // The bundled Node carries its own headers, so that a native package builds where nothing can be downloaded.
  const headers = inRoot('node_modules', `node-${process.platform}-${process.arch}`);
  const nodedir = process.env.npm_config_nodedir ?? (process.platform === 'linux' ? headers : '');
  run('npm', ['ci', '--loglevel=error', '--no-audit', '--no-fund'], nodedir ? { npm_config_nodedir: nodedir } : {});
  writeFileSync(installedStamp, lockfile);
}

/** `npm run` puts node_modules/.bin first on the PATH: on Linux that is the Node this project brings. */
function requireNode() {
  const version = execFileSync('node', ['--version'], { encoding: 'utf8', env: pathWithProjectBinaries() }).trim();
  const [major, minor] = version.slice(1).split('.').map(Number);
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return;
  console.error(
    `amq-gateway runs on Node.js ${OLDEST_NODE.join('.')} or newer; this platform has ${version} and no build of Node is bundled for it.`,
  );
  process.exit(1);
}

function buildWhenSourcesAreNewer() {
  const built = existsSync(builtStamp) ? statSync(builtStamp).mtimeMs : 0;
  if (SOURCES.every((source) => newestChange(inRoot(source)) < built)) return;
  step('Building');
  run('npm', ['run', '--silent', 'build']);
  writeFileSync(builtStamp, '');
}

function newestChange(path) {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return readdirSync(path).reduce((newest, name) => Math.max(newest, newestChange(join(path, name))), stat.mtimeMs);
}

function pathWithProjectBinaries() {
  return { ...process.env, PATH: `${inRoot('node_modules', '.bin')}:${process.env.PATH}` };
}

function step(text) {
  console.error(`\u2022 ${text}`);
}

function run(command, args, environment = {}) {
  try {
    // Standard output belongs to the command that follows: what is printed here goes to standard error.
    execFileSync(command, args, { cwd: root, stdio: ['ignore', 2, 2], env: { ...process.env, ...environment } });
  } catch (error) {
    console.error(`${command} ${args.join(' ')} failed`);
    process.exit(error.status || 1);
  }
}
