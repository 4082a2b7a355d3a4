import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { startChild } from '../children.mjs';
import { installInPlace } from '../install-in-place.mjs';
import { runStep } from '../run-step.mjs';

const OLDEST_PYTHON = [3, 11];

/**
 * The official Python SDKs as `requirements` pins them, in a virtual environment in `folder`, installed from the
 * Python package index unless they are there.
 * @param {string} folder git-ignored; replaced when it holds other requirements or another Python
 * @param {string} requirements path of the file
 * @param {(line: string) => void} progress
 * @returns {Promise<string>} path of its Python
 * @throws when there is no Python of the age needed
 */
export async function installPythonSdks(folder, requirements, progress) {
  const pinned = await readFile(requirements, 'utf8');
  const stamp = createHash('sha256')
    .update(await pythonVersion())
    .update(pinned)
    .digest('hex');
  if ((await installedStamp(folder)) !== stamp) {
    const what = `the Python SDKs ${sdkVersions(pinned).join(' and ')} (once, about 80 MB on disk)`;
    await installInPlace(folder, what, progress, (partial) => install(partial, requirements, stamp));
  }
  return pythonIn(folder);
}

/** @param {string} pinned the text of the requirements */
export function sdkVersions(pinned) {
  return [...pinned.matchAll(/^(anthropic|openai)==(\S+)/gm)].map(([, name, version]) => `${name} ${version}`);
}

async function install(folder, requirements, stamp) {
  await runStep('python3', ['-m', 'venv', folder]);
  await runStep(pythonIn(folder), [
    ...['-m', 'pip', 'install', '--quiet', '--no-input', '--disable-pip-version-check', '--require-hashes'],
    // Wheels only: nothing that is installed runs code of its own while it is installed.
    ...['--only-binary', ':all:', '--requirement', requirements],
  ]);
  await writeFile(join(folder, 'installed'), stamp);
}

async function pythonVersion() {
  const child = startChild('python3', ['--version'], { stdio: ['ignore', 'pipe', 'ignore'] });
  const [version] = await Promise.all([text(child.stdout), once(child, 'exit')]).catch(() => ['']);
  const [major = 0, minor = 0] = /\d+\.\d+/.exec(version)?.[0].split('.').map(Number) ?? [];
  const [oldestMajor, oldestMinor] = OLDEST_PYTHON;
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return version.trim();
  throw new Error(
    `Python ${OLDEST_PYTHON.join('.')} or newer is needed as python3, with venv; found: ${version.trim() || 'none'}`,
  );
}

async function installedStamp(folder) {
  const stamp = join(folder, 'installed');
  return existsSync(stamp) && existsSync(pythonIn(folder)) ? readFile(stamp, 'utf8') : undefined;
}

function pythonIn(folder) {
  return join(folder, 'bin', 'python');
}
