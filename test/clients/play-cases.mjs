import { Checks } from './checks.mjs';
import { conclude, gatewayEntry, indented, inProject, misuse, readCommandLine } from './command-line.mjs';
import { OrderedReport } from './report-in-order.mjs';

/**
 * @typedef {object} Case
 * @property {string} name for `--case` and for folders
 * @property {string} title
 * @property {(stage: any, checks: Checks) => Promise<void>} play programs the stage's simulator, starts its gateway,
 *   runs the client and checks what came of it
 *
 * @typedef {object} Client a program whose cases are played
 * @property {string} name
 * @property {string} version
 * @property {string} script its name in package.json
 * @property {string} folder in .clients/
 * @property {(folder: string, progress: (line: string) => void) => Promise<string>} install
 * @property {() => Promise<readonly Case[]>} loadCases late, as the stage is: they need a build
 * @property {() => Promise<new (options: object) => import('./stage.mjs').Stage>} loadStage
 */

const helpOf = ({
  name,
  version,
  script,
}) => `Runs ${name} ${version} against the built gateway and the simulator, all on the loopback.

  npm run ${script} -- [options]

  --case NAME   only this case; may be repeated
  --at-once N   how many cases run at the same time, 1 to 8; default 2
  --keep        leave each case's temporary folder (logs, requests, the home of ${name}) and say where it is
  --json        one JSON document on standard output; everything else goes to standard error
  --help

The last line is "N passed, N failed", counting checks. Exit code: 0 all passed, 1 some failed, 2 wrong use.
The first run installs ${name} from the npm registry into .clients/.`;

/** The whole program: reads the command line, plays the cases and says how it went. @param {Client} client */
export async function playCases(client) {
  const options = readCommandLine(client.script, helpOf(client), { 'at-once': { type: 'string', default: '2' } });
  const { 'at-once': atOnce, case: names, keep, print } = options;
  if (!/^[1-8]$/.test(atOnce)) misuse(`--at-once is a number from 1 to 8, not '${atOnce}'`);
  const cases = choose(await client.loadCases(), names);
  const Stage = await client.loadStage();
  const program = await client.install(inProject(client.folder), console.error);
  const startedAt = Date.now();
  const newStage = () => new Stage({ program, gatewayEntry, keep });
  const results = await playAll(cases, Number(atOnce), newStage, print);
  print(`${((Date.now() - startedAt) / 1000).toFixed(1)} s in all`);
  const checks = results.flatMap((result) => result.checks);
  conclude(checks, options, { version: client.version, cases: results });
}

function choose(cases, names) {
  const unknown = names?.find((name) => !cases.some((candidate) => candidate.name === name));
  if (unknown !== undefined) {
    misuse(`There is no case '${unknown}'. There are: ${cases.map(({ name }) => name).join(', ')}`);
  }
  return cases.filter(({ name }) => names?.includes(name) ?? true);
}

/** @returns the results, in the order of the cases */
async function playAll(cases, atOnce, newStage, print) {
  const report = new OrderedReport(print);
  const waiting = cases.map((each, index) => ({ each, index, part: report.part() }));
  const results = [];
  const playNext = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      results[next.index] = await playCase(next.each, newStage(), next.part.line);
      next.part.end();
    }
  };
  await Promise.all(Array.from({ length: atOnce }, playNext));
  return results;
}

async function playCase({ name, title, play }, stage, print) {
  print(`${name}: ${title}`);
  const checks = new Checks(({ passed, name, detail }) => {
    print(`  ${passed ? 'ok    ' : 'FAILED'} ${name}`);
    if (!passed && detail !== undefined) print(indented(detail));
  });
  const startedAt = Date.now();
  try {
    await stage.setUp(name);
    await play(stage, checks);
  } catch (error) {
    checks.that('the case can be played', false, error.stack);
  }
  await stage.tearDown().catch((error) => checks.that('everything it started ends', false, error.stack));
  const durationMs = Date.now() - startedAt;
  print(`  ${(durationMs / 1000).toFixed(1)} s${stage.options.keep ? `, kept in ${stage.folder}` : ''}`);
  return { name, durationMs, checks: checks.list };
}
