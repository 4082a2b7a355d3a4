import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Nothing of this process' environment but the PATH, and a home of its own.
 * @param {string} folder holds its home, its settings and its temporary files
 * @param {Record<string, string>} more
 */
export async function claudeCodeEnvironment(folder, more) {
  const home = await folderIn(folder, 'home');
  const temporary = await folderIn(folder, 'tmp');
  return {
    PATH: process.env.PATH,
    HOME: home,
    SHELL: '/bin/bash',
    LANG: 'C.UTF-8',
    CLAUDE_CONFIG_DIR: await folderIn(home, '.claude'),
    TMPDIR: temporary,
    CLAUDE_CODE_TMPDIR: temporary,
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    DISABLE_TELEMETRY: '1',
    DISABLE_ERROR_REPORTING: '1',
    DISABLE_AUTOUPDATER: '1',
    ...more,
  };
}

async function folderIn(folder, name) {
  const path = join(folder, name);
  await mkdir(path, { recursive: true });
  return path;
}
