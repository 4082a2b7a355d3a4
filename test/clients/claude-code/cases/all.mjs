import { abort } from './abort.mjs';
import { clientSetup } from './client-setup.mjs';
import { compact } from './compact.mjs';
import { context } from './context.mjs';
import { dyingUpstream } from './dying-upstream.mjs';
import { imageAndPdf, pdfAsText } from './image-and-pdf.mjs';
import { keyLimits } from './key-limits.mjs';
import { parallelTools } from './parallel-tools.mjs';
import { subagent } from './subagent.mjs';
import { quotaSpent, throttled } from './throttled.mjs';
import { title } from './title.mjs';
import { tooLong } from './too-long.mjs';
import { toolLoop } from './tool-loop.mjs';
import { toolSearch } from './tool-search.mjs';
import { webSearch } from './web-search.mjs';
import { wrongKey } from './wrong-key.mjs';

/** A new case is a file beside this one and a place in this list. @type {import('../../play-cases.mjs').Case[]} */
export const cases = [
  clientSetup,
  toolLoop,
  parallelTools,
  imageAndPdf,
  pdfAsText,
  subagent,
  toolSearch,
  webSearch,
  title,
  compact,
  context,
  tooLong,
  abort,
  wrongKey,
  throttled,
  quotaSpent,
  keyLimits,
  ...dyingUpstream,
];
