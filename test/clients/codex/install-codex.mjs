import { join } from 'node:path';
import { installNpmPackage } from '../install-npm-package.mjs';

const PACKAGE = '@openai/codex';
export const VERSION = '0.169.0';

/**
 * The pinned Codex in `folder`, installed from the npm registry unless it is there. The program of this platform comes
 * as an optional dependency, `@openai/codex-linux-x64` for example.
 * @param {string} folder git-ignored; replaced when it holds another version
 * @param {(line: string) => void} progress
 * @returns {Promise<string>} path of the program
 */
export function installCodex(folder, progress) {
  return installNpmPackage(folder, { name: PACKAGE, version: VERSION, size: '400 MB', program: programIn }, progress);
}

function programIn(folder) {
  return join(folder, 'node_modules', PACKAGE, 'bin', 'codex.js');
}
