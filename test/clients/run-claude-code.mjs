import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { startChild, stopChild } from './children.mjs';

/**
 * @typedef {object} ClaudeCodeRun
 * @property {number | null} exitCode
 * @property {boolean} timedOut
 * @property {number} durationMs
 * @property {Record<string, any>[]} events what `--output-format stream-json` printed
 * @property {Record<string, any> | undefined} result the event that ends it
 * @property {string} stdout
 * @property {string} stderr
 */

/**
 * Runs `claude -p` with nothing of this process' environment but the PATH, and waits for its end.
 * @param {object} options
 * @param {string} options.program
 * @param {string} options.folder holds its home, its settings and its temporary files
 * @param {string} options.workFolder where it runs
 * @param {string} options.prompt
 * @param {readonly string[]} options.allowedTools those it need not ask for
 * @param {Record<string, string>} options.environment
 * @param {readonly string[]} [options.args]
 * @param {number} [options.timeoutMs]
 * @returns {Promise<ClaudeCodeRun>}
 */
export async function runClaudeCode(options) {
  const { program, folder, workFolder, prompt, allowedTools, environment, args = [], timeoutMs = 120_000 } = options;
  const home = await folderIn(folder, 'home');
  const child = startChild(
    program,
    [
      ...['-p', prompt, '--output-format', 'stream-json', '--verbose'],
      // Not a permission mode: as root it refuses to go without permissions.
      ...(allowedTools.length > 0 ? [`--allowedTools=${allowedTools.join(',')}`] : []),
      ...args,
    ],
    {
      cwd: workFolder,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env.PATH,
        HOME: home,
        SHELL: '/bin/bash',
        LANG: 'C.UTF-8',
        CLAUDE_CONFIG_DIR: await folderIn(home, '.claude'),
        TMPDIR: await folderIn(folder, 'tmp'),
        CLAUDE_CODE_TMPDIR: await folderIn(folder, 'tmp'),
        CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
        DISABLE_TELEMETRY: '1',
        DISABLE_ERROR_REPORTING: '1',
        DISABLE_AUTOUPDATER: '1',
        ...environment,
      },
    },
  );
  const startedAt = Date.now();
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    void stopChild(child);
  }, timeoutMs);
  try {
    const [stdout, stderr, [exitCode]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'exit'),
    ]);
    const events = stdout.split('\n').filter(Boolean).map(parseLine);
    const result = events.findLast((event) => event.type === 'result');
    return { exitCode, timedOut, durationMs: Date.now() - startedAt, events, result, stdout, stderr };
  } finally {
    clearTimeout(timer);
    await stopChild(child);
  }
}

function parseLine(line) {
  try {
    return JSON.parse(line);
  } catch {
    return { type: 'not-json', line };
  }
}

async function folderIn(folder, name) {
  const path = join(folder, name);
  await mkdir(path, { recursive: true });
  return path;
}
