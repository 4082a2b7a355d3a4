import { abort } from './abort.mjs';
import { additionalTools } from './additional-tools.mjs';
import { applyPatch } from './apply-patch.mjs';
import { clientSetup } from './client-setup.mjs';
import { compact, compactBuiltIn } from './compact.mjs';
import { dyingUpstream } from './dying-upstream.mjs';
import { images } from './images.mjs';
import { keyLimits } from './key-limits.mjs';
import { mcp, toolSearch } from './mcp.mjs';
import { modelCatalogue } from './model-catalogue.mjs';
import { outputSchema } from './output-schema.mjs';
import { parallelCalls } from './parallel-calls.mjs';
import { resume } from './resume.mjs';
import { silence } from './silence.mjs';
import { subagent } from './subagent.mjs';
import { quotaSpent, throttled, tooLong } from './throttled.mjs';
import { toolLoop } from './tool-loop.mjs';
import { unknownModel, wrongKey } from './wrong-key.mjs';

/** A new case is a file beside this one and a place in this list. @type {import('../../play-cases.mjs').Case[]} */
export const cases = [
  clientSetup,
  toolLoop,
  parallelCalls,
  applyPatch,
  additionalTools,
  images,
  outputSchema,
  mcp,
  toolSearch,
  subagent,
  resume,
  compact,
  compactBuiltIn,
  modelCatalogue,
  abort,
  silence,
  wrongKey,
  unknownModel,
  ...throttled,
  quotaSpent,
  keyLimits,
  tooLong,
  ...dyingUpstream,
];
