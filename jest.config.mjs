import { availableParallelism } from 'node:os';

// Nest 12 is ESM only: jest runs native modules (see the `jest` script) and swc turns TypeScript into them.
const shared = {
  testEnvironment: 'node',
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
/** What has Nest in it. The rest of the unit specs load in a third of the time. */
const withNest = { ...shared, setupFiles: ['<rootDir>/test/support/load-nest-first.mjs'] };

export default {
  testTimeout: 30_000,
  workerIdleMemoryLimit: '768MB',
  // More than cores: a third of the time they wait, for processes, sockets and disks.
  maxWorkers: Math.ceil(availableParallelism() * 1.5),
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
