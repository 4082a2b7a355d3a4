import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const OLDEST_NODE = 24;
const LONGEST_DETAIL = 4_000;

export const inProject = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
export const gatewayEntry = inProject('dist/src/main.js');

/**
 * The options of a program of client tests; prints the help, or what is wrong, and ends it where that is asked for.
 * @param {string} script its name in package.json
 * @param {string} help
 * @param {import('node:util').ParseArgsOptionsConfig} [more] beside `--case`, `--keep` and `--json`
 */
export function readCommandLine(script, help, more = {}) {
  const options = readOptions({ ...more, ...OPTIONS });
  if (options.help) {
    console.log(help);
    process.exit(0);
  }
  if (Number(process.versions.node.split('.')[0]) < OLDEST_NODE) {
    misuse(`Node.js ${OLDEST_NODE} or newer is needed, this is ${process.version}: start it with npm run ${script}`);
  }
  if (!existsSync(gatewayEntry)) misuse('There is no build in dist/: run npm run build first');
  return { keep: false, ...options, print: options.json ? console.error : console.log };
}

const OPTIONS = {
  case: { type: 'string', multiple: true },
  keep: { type: 'boolean' },
  json: { type: 'boolean' },
  help: { type: 'boolean' },
};

function readOptions(options) {
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    return misuse(error.message);
  }
}

/** Ends the process: 2 is wrong use. @returns {never} */
export function misuse(message) {
  console.error(message);
  process.exit(2);
}

/** What a failed check shows, below its line. */
export function indented(detail) {
  const text = typeof detail === 'string' ? detail : (JSON.stringify(detail, null, 2) ?? 'undefined');
  const shown = text.length > LONGEST_DETAIL ? `${text.slice(0, LONGEST_DETAIL)} …` : text;
  return shown.replaceAll(/^/gm, ' '.repeat(9));
}

/**
 * The last line, the JSON where it was asked for, and the exit code.
 * @param {{ passed: boolean }[]} checks
 * @param {{ json?: boolean, print: (line: string) => void }} options
 * @param {object} document what the JSON tells beside the numbers
 */
export function conclude(checks, { json, print }, document) {
  const passed = checks.filter((check) => check.passed).length;
  const failed = checks.length - passed;
  if (json) console.log(JSON.stringify({ ...document, passed, failed }, null, 2));
  print(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}
