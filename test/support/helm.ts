import { existsSync } from 'node:fs';
import { describe } from '@jest/globals';
import { findHelm, SCHEMAS } from '../../scripts/helm-render.mjs';

const helm = findHelm();

/** A `describe` whose block runs where scripts/helm-tools.sh has run. Elsewhere the suite is named as skipped. */
export function describeWithHelm(name: string, block: (helm: string) => void): void {
  if (helm !== undefined && existsSync(SCHEMAS)) describe(name, () => block(helm));
  else describe.skip(`${name} (skipped: scripts/helm-tools.sh has not run)`, () => block(''));
}
