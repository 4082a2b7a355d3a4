import { checkCleanStage } from '../check-clean-stage.mjs';
import { checkNothingOutside } from '../check-nothing-left.mjs';
import { checkNoRetry, checkSuccess } from './check-claude-code.mjs';

/**
 * What holds for every conversation in which nothing goes wrong. Ends the gateway.
 * @param {import('../checks.mjs').Checks} checks
 * @param {object} played
 * @param {import('./claude-code-stage.mjs').ClaudeCodeStage} played.stage its gateway still runs
 * @param {import('../scripted-model.mjs').ScriptedModel} played.model
 * @param {import('./run-claude-code.mjs').ClaudeCodeRun} played.run
 * @param {import('../check-clean-stage.mjs').Asked} asked
 */
export async function checkCleanRun(checks, { stage, model, run }, asked) {
  checkSuccess(checks, run);
  checkNoRetry(checks, run);
  await checkCleanStage(checks, { stage, model }, asked);
  checkNothingOutside(checks, stage);
}
