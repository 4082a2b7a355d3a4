import { checkCleanStage } from '../check-clean-stage.mjs';
import { checkNothingOutside } from '../check-nothing-left.mjs';
import { checkNoRetry, checkSuccess } from './check-codex.mjs';

/**
 * What holds for every conversation in which nothing goes wrong. Ends the gateway.
 * @param {import('../checks.mjs').Checks} checks
 * @param {object} played
 * @param {import('./codex-stage.mjs').CodexStage} played.stage its gateway still runs
 * @param {import('../scripted-model.mjs').ScriptedModel} played.model
 * @param {readonly import('./run-codex.mjs').CodexRun[]} played.runs
 * @param {import('../check-clean-stage.mjs').Asked} asked
 */
export async function checkCleanRun(checks, { stage, model, runs }, asked) {
  for (const run of runs) {
    checkSuccess(checks, run);
    checkNoRetry(checks, run);
  }
  await checkCleanStage(checks, { stage, model }, asked);
  checkNothingOutside(checks, stage);
}
