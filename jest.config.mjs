import { accessSync, constants, statfsSync } from 'node:fs';
import { availableParallelism } from 'node:os';

// SQLite waits for the disk at each of its thousand short lives here; memory does not let it wait.
if (hasRoom('/dev/shm')) process.env.TMPDIR ??= '/dev/shm';

/** Modules of a worker stay for all its test files: not while they change, nor when their lines are counted. */
const areModulesShared = !process.argv.some((argument) => /^--(watch|coverage)/.test(argument));

// Nest 12 is ESM only: jest runs native modules (see the `jest` script) and swc turns TypeScript into them.
const shared = {
  ...(areModulesShared
    ? {
        testEnvironment: '<rootDir>/test/runner/shared-environment.mjs',
        runtime: '<rootDir>/test/runner/shared-runtime.mjs',
      }
    : { testEnvironment: 'node' }),
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        swcrc: false,
        module: { type: 'es6' },
        jsc: {
          target: 'es2023',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
        },
        sourceMaps: 'inline',
      },
    ],
  },
};
/** What has Nest in it. */
const withNest = areModulesShared ? shared : { ...shared, setupFiles: ['<rootDir>/test/support/load-nest-first.mjs'] };

export default {
  testTimeout: 30_000,
  // What test files leave stays until their worker ends; each new one loads everything once more.
  workerIdleMemoryLimit: '1536MB',
  // More than cores: a third of the time they wait, for processes, sockets and disks.
  maxWorkers: availableParallelism() + 1,
  testSequencer: '<rootDir>/test/runner/long-first.mjs',
  projects: [
    {
      ...shared,
      displayName: 'pure',
      roots: ['<rootDir>/src/core', '<rootDir>/simulator', '<rootDir>/bench'],
      testMatch: ['**/*.spec.ts'],
    },
    {
      ...withNest,
      displayName: 'unit',
      roots: ['<rootDir>/src'],
      testMatch: ['**/*.spec.ts'],
      testPathIgnorePatterns: ['<rootDir>/src/core/'],
    },
    {
      ...withNest,
      displayName: 'contract',
      roots: ['<rootDir>/test/contract', '<rootDir>/test/property', '<rootDir>/test/soak'],
      testMatch: ['**/*.spec.ts'],
    },
    { ...withNest, displayName: 'e2e', roots: ['<rootDir>/test/e2e'], testMatch: ['**/*.spec.ts'] },
  ],
};

/** In a container there may be 64 MB of it: too little for databases with ten thousand accounts. */
function hasRoom(folder) {
  try {
    accessSync(folder, constants.W_OK);
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize >= 1024 ** 3;
  } catch {
    return false;
  }
}
