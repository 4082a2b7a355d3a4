import { join } from 'node:path';
import { installNpmPackage } from '../install-npm-package.mjs';
import { runStep } from '../run-step.mjs';

const PACKAGE = '@anthropic-ai/claude-code';
export const VERSION = '2.1.329';

/**
 * The pinned Claude Code in `folder`, installed from the npm registry unless it is there.
 * @param {string} folder git-ignored; replaced when it holds another version
 * @param {(line: string) => void} progress
 * @returns {Promise<string>} path of the program
 */
export function installClaudeCode(folder, progress) {
  const wanted = { name: PACKAGE, version: VERSION, size: '360 MB', program: programIn, finish: linkProgram };
  return installNpmPackage(folder, wanted, progress);
}

/** Its install script links the program of this platform, an optional dependency, to its place. */
function linkProgram(folder) {
  return runStep(process.execPath, [join(folder, 'node_modules', PACKAGE, 'install.cjs')]);
}

/** Called `claude.exe` on every platform. */
function programIn(folder) {
  return join(folder, 'node_modules', PACKAGE, 'bin', 'claude.exe');
}
