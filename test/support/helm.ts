import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { describe, it } from '@jest/globals';
import { findHelm, SCHEMAS } from '../../scripts/helm-render.mjs';

const helm = findHelm();
const isThere = helm !== undefined && existsSync(SCHEMAS);

/**
 * A `describe` whose block runs where scripts/helm-tools.sh has run. Elsewhere the suite is named as skipped; under
 * `CI=true` it fails where it could have run: where there is Go.
 */
export function describeWithHelm(name: string, block: (helm: string) => void): void {
  const reason = 'scripts/helm-tools.sh has not run';
  if (isThere) {
    describe(name, () => block(helm));
  } else if (process.env.CI === 'true' && spawnSync('go', ['version']).status === 0) {
    describe(name, () => {
      it('has helm', () => {
        throw new Error(reason);
      });
    });
  } else {
    describe.skip(`${name} (skipped: ${reason})`, () => block(''));
  }
}
