import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { startChild, stopChild } from './children.mjs';
import { disposableFolder } from './disposable-folder.mjs';

const PACKAGE = '@anthropic-ai/claude-code';
export const VERSION = '2.1.329';
const INSTALL_TIMEOUT_MS = 300_000;

/**
 * The pinned Claude Code in `folder`, installed from the npm registry unless it is there.
 * @param {string} folder git-ignored; replaced when it holds another version
 * @param {(line: string) => void} progress
 * @returns {Promise<string>} path of the program
 */
export async function installClaudeCode(folder, progress) {
  if ((await installedVersion(folder)) !== VERSION) {
    progress(`Installing ${PACKAGE}@${VERSION} (once, about 360 MB on disk)`);
    const startedAt = Date.now();
    await install(folder);
    progress(`Installed in ${((Date.now() - startedAt) / 1000).toFixed(1)} s`);
  }
  return programIn(folder);
}

/** Beside its place first, then moved there: an interrupted installation is never taken for a whole one. */
async function install(folder) {
  const partial = `${folder}.partial-${process.pid}`;
  const remove = disposableFolder(partial);
  try {
    await mkdir(partial, { recursive: true });
    // Its one install script is run by hand: npm 12, or this project's .npmrc, would refuse or skip it.
    await run('npm', [
      'install',
      ...['--prefix', partial, '--ignore-scripts', '--no-save', '--no-package-lock'],
      ...['--no-audit', '--no-fund', '--loglevel=error', `${PACKAGE}@${VERSION}`],
    ]);
    // It links the program of this platform, which came as an optional dependency, to its place. It downloads nothing.
    await run(process.execPath, [join(partial, 'node_modules', PACKAGE, 'install.cjs')]);
    await rm(folder, { recursive: true, force: true });
    await rename(partial, folder);
  } finally {
    remove();
  }
}

async function run(command, args) {
  // Standard output is for results.
  const child = startChild(command, args, { stdio: ['ignore', 2, 2] });
  const timer = setTimeout(() => void stopChild(child), INSTALL_TIMEOUT_MS);
  const [code] = await once(child, 'exit');
  clearTimeout(timer);
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} failed with ${code}`);
}

async function installedVersion(folder) {
  const manifest = join(folder, 'node_modules', PACKAGE, 'package.json');
  if (!existsSync(manifest) || !existsSync(programIn(folder))) return undefined;
  return JSON.parse(await readFile(manifest, 'utf8')).version;
}

/** Called `claude.exe` on every platform. */
function programIn(folder) {
  return join(folder, 'node_modules', PACKAGE, 'bin', 'claude.exe');
}
