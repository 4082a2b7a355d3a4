// The official Python SDKs, with the gateway as their API and the simulator as Amazon Q. `--help` says how to run it.
import { readFileSync } from 'node:fs';
import { Checks } from './checks.mjs';
import { conclude, gatewayEntry, indented, inProject, misuse, readCommandLine } from './command-line.mjs';
import { installPythonSdks, sdkVersions } from './python/install-python-sdks.mjs';
import { runPythonCases } from './python/run-python-cases.mjs';

const requirements = inProject('test/clients/python/requirements.txt');
const VERSIONS = sdkVersions(readFileSync(requirements, 'utf8'));

const HELP = `Runs the Python SDKs ${VERSIONS.join(' and ')} against the built gateway and the simulator,
all on the loopback.

  npm run test:python -- [options]

  --case NAME   only this case; may be repeated. A name that there is not lists them all
  --keep        leave the temporary folder (logs, requests) and say where it is
  --json        one JSON document on standard output; everything else goes to standard error
  --help

The last line is "N passed, N failed": the cases, and checks of what they left behind. Exit code: 0 all passed,
1 some failed, 2 wrong use. Needs Python 3.11 with venv; the first run installs the SDKs into .clients/.`;

/** Imported late: they need a build. */
async function playAll(python, names, keep, checks) {
  const { Stage } = await import('./stage.mjs');
  const { checkNothingLeft, checkNothingOutside } = await import('./check-nothing-left.mjs');
  const stage = new Stage({ gatewayEntry, keep });
  try {
    await stage.setUp('python');
    await stage.startGateway();
    const run = await runPythonCases({
      python,
      program: inProject('test/clients/python/main.py'),
      folder: stage.folder,
      names,
      environment: {
        AMQ_BASE_URL: stage.gateway.url,
        AMQ_ADMIN_KEY: stage.gateway.adminKey,
        AMQ_API_KEY: await stage.gateway.createKey('Python SDKs'),
        AMQ_SIMULATOR_URL: stage.simulator.url,
        ...stage.outside.environment,
      },
      report: ({ name, title, passed, detail }) => checks.that(`${name}: ${title}`, passed, detail),
    });
    if (run.exitCode === 2) misuse(run.stderr);
    checks.that('Python ends with 0, in time', run.exitCode === 0 && !run.timedOut, run);
    await checkNothingLeft(checks, stage);
    checkNothingOutside(checks, stage);
    return { folder: stage.folder, cases: run.results };
  } catch (error) {
    checks.that('the cases can be played', false, error.stack);
    return { folder: stage.folder, cases: [] };
  } finally {
    await stage.tearDown();
  }
}

const options = readCommandLine('test:python', HELP);
const { keep, print, case: names = [] } = options;
const python = await installPythonSdks(inProject('.clients/python'), requirements, console.error).catch(({ message }) =>
  misuse(message),
);
const checks = new Checks(({ passed, name, detail }) => {
  print(`${passed ? 'ok    ' : 'FAILED'} ${name}`);
  if (!passed && detail !== undefined) print(indented(detail));
});
const startedAt = Date.now();
const { folder, cases } = await playAll(python, names, keep, checks);
print(`${((Date.now() - startedAt) / 1000).toFixed(1)} s${keep ? `, kept in ${folder}` : ''}`);
conclude(checks.list, options, { versions: VERSIONS, cases, checks: checks.list });
