import { parallelTools } from './parallel-tools.mjs';
import { toolLoop } from './tool-loop.mjs';

/**
 * @typedef {object} Case
 * @property {string} name for `--case` and for folders
 * @property {string} title
 * @property {(stage: import('../stage.mjs').Stage, checks: import('../checks.mjs').Checks) => Promise<void>} play
 *   programs the stage's simulator, starts its gateway, runs Claude Code and checks what came of it
 */

/** A new case is a file beside this one and a place in this list. @type {Case[]} */
export const cases = [toolLoop, parallelTools];
