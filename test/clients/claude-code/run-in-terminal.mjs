import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { startChild, stopChild } from '../children.mjs';
import { claudeCodeEnvironment } from './claude-code-environment.mjs';

const POLL_MS = 50;
const LONGEST_EXIT_MS = 10_000;

/**
 * @typedef {object} TerminalRun
 * @property {boolean} reached whether it came to what was waited for
 * @property {number | null} exitCode after `/exit`; none when that did not help
 * @property {string} screen everything it wrote, escape sequences included
 */

/**
 * Runs Claude Code as a person would, in a terminal made by `script` of util-linux, until the screen shows what is
 * waited for; then leaves it by `/exit`.
 * @param {object} options
 * @param {string} options.program
 * @param {string} options.folder holds its home, its settings and its temporary files
 * @param {string} options.workFolder where it runs
 * @param {string} options.prompt its first message
 * @param {Record<string, string>} options.environment
 * @param {(screen: string) => boolean} options.until
 * @param {number} [options.timeoutMs]
 * @returns {Promise<TerminalRun>}
 */
export async function runInTerminal(options) {
  const { program, folder, workFolder, prompt, environment, until, timeoutMs = 20_000 } = options;
  const env = await claudeCodeEnvironment(folder, {
    ...environment,
    TERM: 'xterm-256color',
    // By the environment: nothing needs quoting then.
    TEST_PROGRAM: program,
    TEST_PROMPT: prompt,
  });
  await answerFirstQuestions(env.CLAUDE_CONFIG_DIR, workFolder);
  const command = 'stty rows 40 cols 120; exec "$TEST_PROGRAM" "$TEST_PROMPT"';
  const child = startChild('script', ['--quiet', '--return', '--flush', '--command', command, '/dev/null'], {
    cwd: workFolder,
    stdio: ['pipe', 'pipe', 'inherit'],
    env,
  });
  const exited = once(child, 'exit');
  let screen = '';
  child.stdout.setEncoding('utf8').on('data', (piece) => {
    screen += piece;
  });
  try {
    const reached = await Promise.race([becomesTrue(() => until(screen), timeoutMs), exited.then(() => until(screen))]);
    // It may have ended by itself.
    child.stdin.on('error', () => {});
    child.stdin.write('/exit\r');
    const [exitCode] = await Promise.race([exited, wait(LONGEST_EXIT_MS, [null], { ref: false })]);
    return { reached, exitCode, screen };
  } finally {
    // The terminal ends with `script`, and hangs up on Claude Code.
    await stopChild(child);
  }
}

/** A new user is asked for a theme, and whether the folder is to be trusted. */
async function answerFirstQuestions(configFolder, workFolder) {
  await writeFile(
    join(configFolder, '.claude.json'),
    JSON.stringify({
      hasCompletedOnboarding: true,
      theme: 'dark',
      projects: { [workFolder]: { hasTrustDialogAccepted: true, hasCompletedProjectOnboarding: true } },
    }),
  );
}

async function becomesTrue(isTrue, timeoutMs) {
  const deadline = Date.now() + timeoutMs;
  while (!isTrue()) {
    if (Date.now() > deadline) return false;
    await wait(POLL_MS, undefined, { ref: false });
  }
  return true;
}
