import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { startChild, stopChild } from './children.mjs';

/**
 * @typedef {object} ProgramRun
 * @property {number | null} exitCode
 * @property {boolean} timedOut
 * @property {number} durationMs
 * @property {Record<string, any>[]} events the lines of its standard output, each a JSON object
 * @property {string} stdout
 * @property {string} stderr
 */

/**
 * Runs a program that prints a line of JSON for each thing that happens, and waits for its end.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {object} options
 * @param {string} options.folder where it runs
 * @param {Record<string, string>} options.environment all it gets
 * @param {Promise<void>} [options.interruptedBy] when it resolves, the program is interrupted as by Ctrl-C
 * @param {number} [options.timeoutMs]
 * @returns {Promise<ProgramRun>}
 */
export async function runProgram(program, args, { folder, environment, interruptedBy, timeoutMs = 60_000 }) {
  const child = startChild(program, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], env: environment });
  const startedAt = Date.now();
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    void stopChild(child);
  }, timeoutMs);
  try {
    void interruptedBy?.then(() => child.kill('SIGINT'));
    const [stdout, stderr, [exitCode]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'exit'),
    ]);
    const events = stdout.split('\n').filter(Boolean).map(parseLine);
    return { exitCode, timedOut, durationMs: Date.now() - startedAt, events, stdout, stderr };
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
