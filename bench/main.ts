import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { quick, thorough } from './bench-times.js';
import { type CommandLine, readCommandLine, usage } from './command-line.js';
import { findCores, pinSelf } from './processes/pinning.js';
import type { ProxyPlace } from './processes/start-proxy.js';
import { profileScenario } from './profile/profile-scenario.js';
import { formatReport } from './report/format-report.js';
import { judgeGoals } from './report/goals.js';
import { figureOf, ratioOf } from './report/measure.js';
import { runBench } from './run-bench.js';
import { targets } from './target.js';
import { Upstream } from './upstream.js';

const progress = (text: string): void => void process.stderr.write(`• ${text}\n`);

async function main(): Promise<void> {
  const options = readCommandLine(process.argv.slice(2));
  if (options.help) {
    process.stdout.write(usage);
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), 'amq-gateway-bench-'));
  // On every way out; children end in an exit handler of their own.
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  for (const [signal, code] of Object.entries({ SIGINT: 130, SIGTERM: 143 })) {
    process.once(signal, () => process.exit(code));
  }
  const cores = findCores();
  if (cores) {
    pinSelf(cores.load);
  }
  const pinning = cores
    ? `load and simulator on core ${cores.load}, the proxy under test on core ${cores.proxy}`
    : 'NOT PINNED: needs Linux, taskset and two cores; ratios are less steady';
  progress(pinning);
  await using upstream = await Upstream.start();
  const place: ProxyPlace = { upstream, folder, core: cores?.proxy };
  await (options.profile === undefined ? measure(options, place, pinning) : takeProfiles(options, place));
}

async function measure(options: CommandLine, place: ProxyPlace, pinning: string): Promise<void> {
  const times = options.quick ? quick : thorough;
  const { scenarios, quick: isQuick } = options;
  const { measures, othersShare } = await runBench({ place, times, isQuick, scenarios, progress });
  const noise = othersShare === undefined ? undefined : `${(100 * othersShare).toFixed(0)} %`;
  const lines = [
    '',
    formatReport(measures),
    '',
    `Medians of ${times.rounds} round(s), held streams once; ratio is gateway to pass-through, rounds its least and most. ${pinning}.`,
    ...(noise === undefined ? [] : [`Other processes took ${noise} of the machine meanwhile.`]),
    ...judgeGoals(measures),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
  if (options.json !== undefined) {
    const results = measures.map((measure) => ({
      ...measure,
      ratio: ratioOf(measure),
      medians: Object.fromEntries(targets.map((target) => [target, figureOf(measure, target)])),
    }));
    const { version: node, platform, arch } = process;
    const report = { node, platform, arch, pinning, times, othersShare, goals: judgeGoals(measures), results };
    writeFileSync(options.json, `${JSON.stringify(report, undefined, 2)}\n`);
  }
}

async function takeProfiles(options: CommandLine, place: ProxyPlace): Promise<void> {
  const folder = resolve(options.profile ?? '.');
  mkdirSync(folder, { recursive: true });
  for (const name of options.scenarios.filter((scenario) => scenario !== 'held')) {
    progress(`${name}: taking a profile`);
    const summary = await profileScenario(name, place, folder, options.quick ? quick : thorough);
    process.stdout.write(`\n${summary}\n`);
  }
}

main().catch((error: Error) => {
  process.stderr.write(`The bench failed. ${error.message}\n`);
  process.exit(1);
});
