import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { startChild, stopChild } from '../children.mjs';

/**
 * @typedef {object} PythonCase
 * @property {string} name
 * @property {string} title
 * @property {boolean} passed
 * @property {number} durationMs
 * @property {string} [detail] the traceback of one that failed
 */

/**
 * Plays the Python cases with nothing of this process' environment but the PATH, and waits for their end.
 * @param {object} options
 * @param {string} options.python
 * @param {string} options.program path of `main.py`
 * @param {string} options.folder holds its home
 * @param {readonly string[]} options.names of cases; none: all
 * @param {Record<string, string>} options.environment where gateway and simulator are
 * @param {(result: PythonCase) => void} options.report told of each at once
 * @param {number} [options.timeoutMs]
 * @returns {Promise<{ exitCode: number | null, timedOut: boolean, results: PythonCase[], stderr: string }>}
 */
export async function runPythonCases({ python, program, folder, names, environment, report, timeoutMs = 120_000 }) {
  const home = join(folder, 'home');
  await mkdir(home);
  const child = startChild(python, ['-B', program, ...names.flatMap((name) => ['--case', name])], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, HOME: home, LANG: 'C.UTF-8', ...environment },
  });
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    void stopChild(child);
  }, timeoutMs);
  const exited = once(child, 'exit');
  const stderr = text(child.stderr);
  const results = [];
  for await (const line of createInterface({ input: child.stdout })) {
    const result = JSON.parse(line);
    results.push(result);
    report(result);
  }
  const [exitCode] = await exited;
  clearTimeout(timer);
  return { exitCode, timedOut, results, stderr: await stderr };
}
