import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { disposableFolder } from './disposable-folder.mjs';

/**
 * Installs beside its place first, then moves it there: an interrupted installation is never taken for a whole one.
 * @param {string} folder its place; what is there is replaced
 * @param {string} what for the lines of `progress`
 * @param {(line: string) => void} progress
 * @param {(partial: string) => Promise<void>} install makes this folder and fills it
 */
export async function installInPlace(folder, what, progress, install) {
  progress(`Installing ${what}`);
  const startedAt = Date.now();
  const partial = `${folder}.partial-${process.pid}`;
  const remove = disposableFolder(partial);
  try {
    await mkdir(dirname(partial), { recursive: true });
    await install(partial);
    await rm(folder, { recursive: true, force: true });
    await rename(partial, folder);
  } finally {
    remove();
  }
  progress(`Installed in ${((Date.now() - startedAt) / 1000).toFixed(1)} s`);
}
