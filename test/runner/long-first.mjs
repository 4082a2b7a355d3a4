import Sequencer from '@jest/test-sequencer';

/**
 * Files that take longest, the longest first, most of it waiting for processes and for time to pass: what comes last
 * must not wait alone. jest knows this from its runs before; in a new checkout it goes by the size of files, and these
 * are small.
 */
const LONG = [
  'test/e2e/key-rotation-process.spec.ts',
  'test/e2e/key-rotation.spec.ts',
  'test/e2e/database-away.spec.ts',
  'test/e2e/process.spec.ts',
  'test/e2e/import.spec.ts',
  'test/contract/openai-sdk-errors.spec.ts',
  'test/e2e/kill-during-renewal.spec.ts',
  'test/e2e/import-command.spec.ts',
  'test/e2e/anthropic-upstream.spec.ts',
  'test/e2e/streams.spec.ts',
  'test/e2e/many-streams.spec.ts',
  'test/e2e/nothing-left.spec.ts',
  'test/e2e/stored-responses-restart.spec.ts',
  'test/property/fuzz/on-sockets.spec.ts',
  'test/e2e/anthropic-upstream-odd.spec.ts',
  'src/accounts/pool/affinities.service.spec.ts',
];

export default class LongFirst extends Sequencer {
  sort(tests) {
    const sorted = super.sort([...tests]);
    const place = ({ path }) => {
      const index = LONG.findIndex((name) => path.endsWith(`/${name}`));
      return index < 0 ? LONG.length : index;
    };
    return sorted.sort((a, b) => place(a) - place(b));
  }
}
