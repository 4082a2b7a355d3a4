import { chances } from './chances.js';
import { FINDINGS, type Finding, type Kill, killOnce } from './kill-once.js';
import { Stage } from './stage.js';

export interface SoakResult {
  runs: number;
  seed: number;
  findings: Record<Finding, number>;
  outcomes: { works: number; needs_login: number };
  /** What went wrong, with the number of the run. */
  problems: string[];
}

/**
 * Kills a gateway again and again, each time around a renewal.
 * @param entry path of the built `main.js`
 * @param onKill told of each kill, its number from 1
 */
export async function soak(
  entry: string,
  { runs, seed }: { runs: number; seed: number },
  onKill: (number: number, kill: Kill) => void = () => undefined,
): Promise<SoakResult> {
  const chance = chances(seed);
  const kills: Kill[] = [];
  const stage = await Stage.open(entry);
  try {
    await stage.start();
    if ((await stage.outcome()) !== 'works') throw new Error('The account does not work to begin with');
    for (let number = 1; number <= runs; number++) {
      const kill = await killOnce(stage, chance);
      kills.push(kill);
      onKill(number, kill);
    }
  } finally {
    await stage.close();
  }
  const count = (is: (kill: Kill) => boolean) => kills.filter(is).length;
  return {
    runs,
    seed,
    findings: Object.fromEntries(
      FINDINGS.map((finding) => [finding, count((kill) => kill.finding === finding)]),
    ) as SoakResult['findings'],
    outcomes: {
      works: count(({ outcome }) => outcome === 'works'),
      needs_login: count(({ outcome }) => outcome === 'needs_login'),
    },
    problems: kills.flatMap(({ problem }, index) => (problem === undefined ? [] : [`run ${index + 1}: ${problem}`])),
  };
}
