import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { installInPlace } from './install-in-place.mjs';
import { runStep } from './run-step.mjs';

/**
 * One version of a package of the npm registry in `folder`, installed unless it is there.
 * @param {string} folder git-ignored; replaced when it holds another version
 * @param {object} wanted
 * @param {string} wanted.name
 * @param {string} wanted.version
 * @param {string} wanted.size on disk, for people
 * @param {(folder: string) => string} wanted.program path of the program in an installation
 * @param {(folder: string) => Promise<void>} [wanted.finish] what its install script would do, without a download
 * @param {(line: string) => void} progress
 * @returns {Promise<string>} path of the program
 */
export async function installNpmPackage(folder, { name, version, size, program, finish }, progress) {
  if ((await installedVersion(folder, name)) !== version || !existsSync(program(folder))) {
    await installInPlace(folder, `${name}@${version} (once, about ${size} on disk)`, progress, async (partial) => {
      await mkdir(partial);
      // No install scripts: npm 12, or this project's .npmrc, would refuse or skip them.
      await runStep('npm', [
        'install',
        ...['--prefix', partial, '--ignore-scripts', '--no-save', '--no-package-lock'],
        ...['--no-audit', '--no-fund', '--loglevel=error', `${name}@${version}`],
      ]);
      await finish?.(partial);
    });
  }
  return program(folder);
}

async function installedVersion(folder, name) {
  const manifest = join(folder, 'node_modules', name, 'package.json');
  return existsSync(manifest) ? JSON.parse(await readFile(manifest, 'utf8')).version : undefined;
}
