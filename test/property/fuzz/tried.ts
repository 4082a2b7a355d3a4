import { expect } from '@jest/globals';
import { runs, SEED } from '../runs.js';
import { type Report, runTarget, type Target } from './target.js';

/** What a run of the suite finds is had again by `npm run fuzz -- --seed`. */
export const seed = SEED;

export async function tried(target: Target, byDefault: number): Promise<Report> {
  const report = await runTarget(target, { runs: runs(byDefault) });
  const failures = report.failures.map(({ number, error }) => `--seed ${seed} --from ${number} --runs 1: ${error}`);
  expect(failures).toEqual([]);
  return report;
}
